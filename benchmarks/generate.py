"""How long generating takes, beside stock openapi-python-client, for contracts of 15 to 1000 operations.

    python benchmarks/generate.py [--rounds 3] [--sizes 15 100 300 1000]

Both run as fresh processes on the same document, alternately; medians of the CPU time are printed, that of the
processes they start (ruff) included. The contract in ``spec/`` is measured too, the stock tool on
``generated/openapi.yaml``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[15, 100, 300, 1000])
    options = parser.parse_args()
    print("| contract | ours, CPU s | stock, CPU s | ours / stock |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        spec, published = ROOT / "spec/openapi.yaml", ROOT / "generated/openapi.yaml"
        report("spec/ (15 operations)", spec, published, Path(folder), options.rounds)
        for size in options.sizes:
            document = Path(folder, f"contract-{size}.json")
            document.write_text(json.dumps(contract(size), ensure_ascii=False, indent=1))
            name = f"{size} operations, {document.stat().st_size >> 10} KiB"
            report(name, document, document, Path(folder), options.rounds)


def report(name: str, ours: Path, stock: Path, folder: Path, rounds: int) -> None:
    mine, theirs = medians(ours, stock, folder, rounds)
    print(f"| {name} | {mine:.2f} | {theirs:.2f} | {mine / theirs:.2f} |", flush=True)


def compare(size: int, rounds: int) -> tuple[float, float]:
    """Return the median seconds of CPU that ours and the stock tool take for a contract of *size* operations."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "contract.json")
        document.write_text(json.dumps(contract(size), ensure_ascii=False, indent=1))
        return medians(document, document, Path(folder), rounds)


def medians(ours: Path, stock: Path, folder: Path, rounds: int) -> tuple[float, float]:
    times: dict[str, list[float]] = {"ours": [], "stock": []}
    for number in range(rounds + 1):
        out = folder / "out"
        times["ours"].append(cpu([sys.executable, "-m", "generator", "--spec", str(ours), "--out", str(out)]))
        shutil.rmtree(out)
        generate = [str(BIN / "openapi-python-client"), "generate", "--meta", "none", "--path", str(stock)]
        times["stock"].append(cpu([*generate, "--output-path", str(out)]))
        shutil.rmtree(out)
        if number == 0:  # which wrote the bytecode of what is imported
            times = {"ours": [], "stock": []}
    return statistics.median(times["ours"]), statistics.median(times["stock"])


def cpu(command: list[str]) -> float:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def contract(operations: int) -> dict[str, Any]:
    """Return a contract in our dialect: resources of ten operations; request, result and enumeration per operation."""
    schemas: dict[str, Any] = {"Envelope": envelope()}
    paths: dict[str, Any] = {}
    for number in range(operations):
        schemas.update(schemas_of(number))
        paths[f"/v1/things{number // 10}/method{number}"] = {"post": operation(number)}
    tags = [{"name": f"things{index}", **described(f"Things {index}.")} for index in range((operations + 9) // 10)]
    info = {"title": "Things", **described("Many things."), "version": "1.0.0"}
    info["x-i18n"] = {"en": {"title": "Things", "description": "Many things."}}
    envelope_names = {"code": "code", "message": "msg", "requestId": "requestId", "cost": "costTime", "data": "ret"}
    return {
        "openapi": "3.1.1",
        "info": info,
        "servers": [{"url": "https://things.example", **described("The server.")}],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas},
        "x-envelope": {**envelope_names, "success": 200},
        "x-error-codes": {"families": {"busy": {"class": "BusyError", "zh": "忙", "en": "Busy."}}, "codes": []},
    }


def described(text: str) -> dict[str, Any]:
    return {"description": text, "x-i18n": {"en": {"description": text}}}


def envelope() -> dict[str, Any]:
    names = ("msg", "requestId", "costTime")
    properties = {"code": {"type": "integer"}, **{name: {"type": "string"} for name in names}}
    return {"type": "object", **described("The envelope."), "required": ["code"], "properties": properties}


def schemas_of(number: int) -> dict[str, Any]:
    texts = ["First.", "Second."]
    kind = {
        "type": "integer",
        "description": "A kind.",
        "x-i18n": {"en": {"description": "A kind.", "x-enum-descriptions": texts}},
        "enum": [1, 2],
        "x-enum-varnames": ["FIRST", "SECOND"],
        "x-enum-descriptions": texts,
    }
    fields = {f"fieldNumber{index}": {"type": "string", **described(f"Field {index}.")} for index in range(6)}
    members = {**fields, "kind": {"$ref": f"#/components/schemas/Kind{number}"}}
    thing = {"type": "object", **described("A thing."), "properties": members}
    request = {"type": "object", **described("A request."), "required": ["fieldNumber0"], "properties": fields}
    answer = {"type": "object", "properties": {"ret": {"$ref": f"#/components/schemas/Thing{number}"}}}
    response = {**described("An answer."), "allOf": [{"$ref": "#/components/schemas/Envelope"}, answer]}
    return {f"Kind{number}": kind, f"Thing{number}": thing, f"Request{number}": request, f"Response{number}": response}


def operation(number: int) -> dict[str, Any]:
    return {
        "operationId": f"method{number}",
        "x-sdk": {"resource": f"things{number // 10}", "method": f"method{number}"},
        "x-retry": "read",
        "tags": [f"things{number // 10}"],
        "summary": "Do a thing",
        **described("Does a thing."),
        "x-i18n": {"en": {"summary": "Do a thing", "description": "Does a thing."}},
        "requestBody": {"required": True, **content(f"Request{number}", {"fieldNumber0": "a"})},
        "responses": {
            "200": {**described("The thing."), **content(f"Response{number}", {"code": 200, "ret": {"kind": 1}})}
        },
    }


def content(schema: str, example: Any) -> dict[str, Any]:
    media = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "examples": {"contract": {"value": example}}}
    return {"content": {"application/json": media}}


if __name__ == "__main__":
    main()

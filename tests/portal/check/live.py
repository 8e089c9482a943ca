"""What the pages do: sign, call, copy."""

from __future__ import annotations

import json

from netease_meeting._runtime.signing import Material, Scheme
from netease_meeting.sandbox.core import APP_KEY
from netease_meeting.sandbox.server import Server
from netease_meeting.signing import BODY_DIGEST, CALLBACK_CHECK_SUM, CHECK_SUM
from playwright.sync_api import Browser, Page

from generator.ir import Api, Operation
from tests.conftest import ROOT
from tests.figure import Figure
from tests.samples.staging import stage

from .browser import go_to, opened
from .site import Site

_VECTORS: list[dict[str, str]] = json.loads((ROOT / "tests/data/checksum.json").read_text("utf-8"))
_SCHEMES = {
    "checkSum": (CHECK_SUM, "CheckSum", "request_checksum"),
    "bodyDigest": (BODY_DIGEST, "authorization", "anonymous_authorization"),
    "callbackCheckSum": (CALLBACK_CHECK_SUM, "CheckSum", "callback_checksum"),
}
_FILL = """sent => {
    const form = document.querySelector("[data-calculator] form");
    for (const [name, value] of Object.entries(sent)) form.elements[name].value = value;
    form.requestSubmit();
    const findings = [...document.querySelectorAll("[data-finding^=digest_] [data-value=expected]")];
    return findings.map((finding) => [finding.closest("[data-finding]").dataset.finding, finding.textContent]);
}"""
_CALL = """async ({scheme, ...sent}) => {
    const {diagnose} = await import(new URL("assets/diagnosis.js", location.href).href);
    const {schemes} = JSON.parse(document.getElementById("calculator-facts").textContent);
    const findings = diagnose(schemes[scheme], {...sent, clock: ""}).filter(({key}) => key.startsWith("digest_"));
    return findings.map(({key, detail}) => [key, detail.expected]);
}"""


def calculator(browser: Browser, url: str) -> Figure:
    """Have the page sign what the vendor's Java signed; our client signs it too."""
    differing: list[str] = []
    with opened(browser) as (page, _):
        go_to(page, f"{url}/signing.html")
        for scheme, (signature, header, column) in _SCHEMES.items():
            for index, vector in enumerate(_VECTORS):
                java = vector[column]
                agreed = _python(signature, vector)[header] == java
                agreed &= _javascript(page, scheme, vector, header, java) == ["digest_right", java]
                if index % 16 == 0:  # a wrong one makes the page try a thousand usual mistakes
                    agreed &= _javascript(page, scheme, vector, header, "0" * len(java)) == ["digest_wrong", java]
                if not agreed:
                    differing.append(f"{scheme} {vector['nonce'][:12]}")
    count = len(_SCHEMES) * len(_VECTORS)
    return Figure(
        "signatures in which calculator, client and the vendor's Java differ",
        "0",
        not differing and count == 3 * 64,
        {"found": len(differing), "signatures": count, **({"first": differing[:5]} if differing else {})},
    )


def _javascript(page: Page, scheme: str, vector: dict[str, str], header: str, value: str) -> list[str] | None:
    """Return what the page finds about a signature: which finding, and what should have come."""
    lines = {"AppKey": APP_KEY, "Nonce": vector["nonce"], "CurTime": vector["cur_time"], header: value}
    sent = {
        "scheme": scheme,
        "secret": vector["app_secret"],
        "headers": "\n".join(f"{name}: {line}" for name, line in lines.items()),
        "body": vector["body"],
    }
    # A text area turns CR LF into LF: such a body is handed to the calculator behind the form.
    found: list[list[str]] = page.evaluate(_CALL if "\r" in vector["body"] else _FILL, sent)
    return found[0] if len(found) == 1 else None


def _python(signature: Scheme, vector: dict[str, str]) -> dict[str, str]:
    time = vector["cur_time"].encode()
    material = Material(
        app_key=APP_KEY.encode(),
        app_secret=vector["app_secret"].encode(),
        nonce=vector["nonce"].encode(),
        unix_seconds=time,
        unix_millis=time,
        body=vector["body"].encode(),
    )
    return {name.decode(): value.decode() for name, value in signature.sign(material)}


def try_it(browser: Browser, url: str, api: Api, server: Server) -> Figure:
    """Call every operation from its page; the sandbox counts what arrives."""
    failed: list[str] = []
    with opened(browser) as (page, _):
        for operation in api.operations:
            written = stage(server.sandbox, operation)
            go_to(page, f"{url}/operations/{operation.id}.html")
            form = page.locator("[data-try] form")
            form.locator("[name=server]").fill(server.url)
            body = form.locator("[name=body]")
            body.fill(written(body.input_value()))
            before = len(server.sandbox.requests)
            form.locator("[type=submit]").click()
            answer = page.locator("[data-try] [role=status] pre").first
            answer.wait_for()
            failed += _arrived(api, operation, server, before, answer.inner_text())
    return _calls("calls from the pages that do not arrive or succeed", failed, len(api.operations))


def console(browser: Browser, url: str, api: Api, server: Server) -> Figure:
    """Call every operation from the Chinese console, and one from the English."""
    failed: list[str] = []
    for folder, operations in (("", api.operations), ("en/", api.operations[:1])):
        with opened(browser) as (page, _):
            go_to(page, f"{url}/{folder}console/")
            page.locator("#credentials [name=server]").fill(server.url)
            for operation in operations:
                written = stage(server.sandbox, operation)
                block = page.locator(f"[id$=-{operation.id}]")
                block.locator(".opblock-summary-control").click()
                body = block.locator("textarea.body-param__text")
                body.fill(written(body.input_value()))
                before = len(server.sandbox.requests)
                block.locator("button.execute").click()
                answer = block.locator(".live-responses-table .response .highlight-code").first
                answer.wait_for()
                failed += _arrived(api, operation, server, before, answer.inner_text())
                block.locator(".opblock-summary-control").click()
    return _calls("calls from the console that do not arrive or succeed", failed, len(api.operations) + 1)


def _arrived(api: Api, operation: Operation, server: Server, before: int, shown: str) -> list[str]:
    came = [(entry["operation"], entry["code"]) for entry in list(server.sandbox.requests)[before:]]
    if came == [(operation.name, api.envelope.success)] and f'"{api.envelope.code}"' in shown:
        return []
    return [f"{operation.name}: {came}"]


def _calls(name: str, failed: list[str], count: int) -> Figure:
    return Figure(
        name,
        "0",
        not failed and count > 0,
        {"found": len(failed), "calls": count, **({"first": failed[:5]} if failed else {})},
    )


def copying(browser: Browser, site: Site, url: str) -> Figure:
    """Press every copy button and read the clipboard."""
    wrong: list[str] = []
    count = 0
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as (page, _):
        for path in site.pages:
            go_to(page, f"{url}/{path}")
            results: list[bool] = page.evaluate(_COPY)
            count += len(results)
            wrong += [f"{path}: button {index + 1}" for index, right in enumerate(results) if not right]
    return Figure(
        "copy buttons that do not copy",
        "0",
        not wrong and count > 0,
        {"found": len(wrong), "buttons": count, **({"first": wrong[:5]} if wrong else {})},
    )


_COPY = """async () => {
    const results = [];
    for (const button of document.querySelectorAll("button.copy")) {
        await navigator.clipboard.writeText("nothing");
        const code = button.parentElement.querySelector("code");
        button.click();
        for (let tick = 0; tick < 50 && (await navigator.clipboard.readText()) === "nothing"; tick++)
            await new Promise((resolve) => setTimeout(resolve, 2));
        results.push((await navigator.clipboard.readText()) === code.textContent);
    }
    return results;
}"""


def searching(browser: Browser, site: Site, url: str) -> Figure:
    """Look for a word of each language."""
    lost: list[str] = []
    with opened(browser) as (page, _):
        for path, word, wanted in (
            ("index.html", "录像", "operations/listRecordings.html"),
            ("en/index.html", "recordings", "en/operations/listRecordings.html"),
            ("index.html", "2001", "errors.html#code-2001"),
        ):
            go_to(page, f"{url}/{path}")
            page.locator("[data-search] input").fill(word)
            found = page.locator("#results [data-place]")
            found.first.wait_for()
            places: list[str] = found.evaluate_all(_PLACES)
            lost += [] if wanted in places else [f"{word}: {places[:3]}"]
    weight = site.weight("search.json")
    return Figure(
        "words not found; the index, gzipped",
        "0; <= 150 KB",
        not lost and weight <= 150 * 1024,
        {"found": len(lost), "index_kb": round(weight / 1024, 1), **({"first": lost} if lost else {})},
    )


_PLACES = "items => items.map((item) => item.dataset.place)"

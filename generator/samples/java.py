"""Java 11 or newer with nothing but its own library: one file, which ``java Sample.java`` runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..ir import Api, Operation
from ..spelling import Spelling
from .example import APP_KEY, APP_SECRET, BASE_URL, compact, headers

_WIDTH = 72
_ALGORITHMS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256"}
_PARTS = {
    "appKey": "appKey",
    "appSecret": "appSecret",
    "nonce": "nonce",
    "unixSeconds": "curTime",
    "unixMillis": 'curTime + "000"',
    "body": "body",
}
_PROGRAM = """\
// Save as Sample.java, in UTF-8, and run: java -Dfile.encoding=UTF-8 Sample.java
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;

public class Sample {{
    public static void main(String[] args) throws Exception {{
        String appKey = System.getenv("{app_key}");
        String appSecret = System.getenv("{app_secret}");
        String baseUrl = System.getenv().getOrDefault(
                "{base_url}", {gateway});

        String body = {body};
        String nonce = new BigInteger(63, new SecureRandom()).toString();
        String curTime = Long.toString(Instant.now().getEpochSecond());

        URI uri = URI.create(baseUrl + {path});
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", {media_type})
{headers}
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(response.body());
    }}

    private static String hex(String algorithm, String text) throws Exception {{
        byte[] digest = MessageDigest.getInstance(algorithm)
                .digest(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%0" + 2 * digest.length + "x", new BigInteger(1, digest));
    }}
}}
"""


def java(api: Api, operation: Operation) -> str:
    """Return the call as a program."""
    sent = {header.name: _SPELLING.of(header.value) for scheme in operation.schemes for header in scheme.headers}
    sent |= {name: _literal(str(value)) for name, value in headers(api, operation).items()}
    return _PROGRAM.format(
        app_key=APP_KEY,
        app_secret=APP_SECRET,
        base_url=BASE_URL,
        gateway=_literal(api.base_url),
        body=_body(operation.example),
        path=_literal(operation.path),
        media_type=_literal(api.media_type),
        headers="\n".join(f"{' ' * 16}.header({_literal(name)}, {value})" for name, value in sent.items()),
    )


def _body(example: Any) -> str:
    return f"\n{' ' * 16}+ ".join(map(_literal, _lines(compact(example))))


def _lines(text: str) -> Iterator[str]:
    """Break JSON behind its commas, so that each literal is short enough to read."""
    line = ""
    for piece in text.replace(',"', ',\0"').replace(",{", ",\0{").split("\0"):
        if line and len(_literal(line + piece)) > _WIDTH:
            yield line
            line = ""
        line += piece
    yield line


def _literal(text: str) -> str:
    # Java's escapes are JSON's.
    return json.dumps(text, ensure_ascii=False)


_SPELLING = Spelling(
    part=_PARTS.__getitem__, text=_literal, digest=lambda name, joined: f'hex("{_ALGORITHMS[name]}", {joined})'
)
"""A signature's value as an expression over the program's variables."""

"""The stub server: canned answers as fast as Python gives them, so that what is measured is the client.

    python -m benchmarks.server [--latency 0.02] [--certificate cert.pem]

Prints its port. Signatures are not checked; the sandbox does that, and would be the slowest part of every figure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
from importlib import import_module
from typing import Any, cast


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds between a request and its answer")
    parser.add_argument("--certificate", help="a PEM file with key and certificate: serve TLS")
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    import_module("uvloop").run(serve(options.latency, context))


async def serve(latency: float, context: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(latency), "127.0.0.1", 0, backlog=2048, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Connection(asyncio.Protocol):
    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n") + 4) >= 4:
            head = self._received[:end].lower()
            _, found, rest = head.partition(b"\r\ncontent-length:")
            size = int(rest.partition(b"\r\n")[0]) if found else 0
            if len(self._received) < end + size:
                return
            body = self._received[end : end + size]
            self._received = self._received[end + size :]
            answer = choose(head.partition(b" http/1.1")[0], body)
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
            else:
                self._transport.write(answer)


def choose(request: bytes, body: bytes) -> bytes:
    if request.endswith(b"/meeting/list"):
        return LIST_100 if b"100" in body else LIST_20
    return WEMEET if b"/v1/meetings/" in request else GET


def meeting(number: int) -> dict[str, Any]:
    audio = {"type": "audio", "state": 0, "attendeeOff": 1, "allowSelfOn": True}
    video = {"type": "video", "state": 0, "attendeeOff": 2, "allowSelfOn": False}
    roles = [{"roleType": 2, "maxCount": 1}, {"roleType": 1, "maxCount": 100}]
    return {
        "meetingUniqueId": 1234567890 + number,
        "meetingId": f"{413060372 + number:010d}",
        "subject": f"随机会议 周会 {number}",
        "startTime": 1600782488572 + number,
        "endTime": 1600786088572 + number,
        "password": "123456",
        "settings": {"controls": [audio, video], "scene": {"roleTypes": roles}},
        "status": 1 + number % 2,
        "shortId": "10000",
        "valid": True,
        "avRoomCid": "162123717474551",
    }


def page(size: int) -> dict[str, Any]:
    rows = [meeting(number) for number in range(size)]
    return {"list": rows, "pageIndex": 0, "pageSize": size, "totalNum": size, "totalPages": 1}


def envelope(data: Any) -> bytes:
    return answer({"code": 200, "msg": "success", "requestId": "mc_932241123450", "costTime": "12ms", "ret": data})


def answer(value: Any) -> bytes:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK",
        "Server: nginx",
        "Date: Mon, 23 Nov 2026 20:00:00 GMT",
        "Content-Type: application/json;charset=utf-8",
        f"Content-Length: {len(body)}",
        "Connection: keep-alive",
        "X-Request-Id: mc_932241123450",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


GET, LIST_20, LIST_100 = envelope(meeting(0)), envelope(page(20)), envelope(page(100))

# The same facts as the other vendor of such a client tells them.
WEMEET = answer(
    {
        "meeting_number": 1,
        "meeting_info_list": [
            {
                "subject": "随机会议 周会 0",
                "meeting_id": "1234567890",
                "meeting_code": "413060372",
                "password": "123456",
                "status": "MEETING_STATE_INIT",
                "type": 0,
                "start_time": "1600782488",
                "end_time": "1600786088",
                "settings": {"mute_enable_join": True, "allow_unmute_self": True, "mute_all": False},
                "meeting_type": 0,
                "enable_live": False,
                "media_set_type": 0,
                "location": "",
                "host_key": "123456",
                "time_zone": "Asia/Shanghai",
            }
        ],
    }
)


if __name__ == "__main__":
    main()

# Copied from generator/runtime/sandbox/__main__.py by `make generate`. Edit it there.
"""``python -m netease_meeting.sandbox``: serve the sandbox until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import time

from .._runtime import console, listening
from .core import APP_KEY, APP_SECRET, LOOPBACK, Sandbox
from .server import Server

_WELCOME = """
  NetEase Meeting sandbox · 网易会议沙箱

  API    {url}
  page   {url}/_sandbox/        watch meetings, move time, break things

  export NETEASE_MEETING_BASE_URL={url}
  export NETEASE_MEETING_APP_KEY={key}
  export NETEASE_MEETING_APP_SECRET={secret}

  Try it in another shell, after the three lines above:
  python -c 'import netease_meeting; print(netease_meeting.MeetingClient().accounts.create(im_accid="alice"))'

  Ctrl-C ends it, and everything in it is forgotten.
"""


def main(arguments: list[str] | None = None) -> int:
    """Serve; return the exit status."""
    options = _parser().parse_args(arguments)
    if options.host not in LOOPBACK and not options.expose:
        _parser().error(f"--host {options.host} lets other machines in: add --expose if you mean it")
    sandbox = Sandbox(
        seed=options.seed,
        expose=options.expose,
        forget_ended=options.forget_ended,
        http_errors=options.http_errors,
    )
    try:
        sandbox.set_callback(options.callback)
        server = Server(sandbox, options.host, options.port)
    except (OSError, OverflowError, ValueError) as error:
        console.say(f"The sandbox cannot start: {listening.reason(error, options.host, options.port)}", error=True)
        return 2
    with server:
        console.say(_WELCOME.format(url=server.url, key=APP_KEY, secret=APP_SECRET))
        try:
            while True:
                time.sleep(3600)  # Ctrl-C ends it on Windows, too, where it does not end waiting for an event
        except KeyboardInterrupt:
            console.say("")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m netease_meeting.sandbox", description="A sandbox of the NetEase Meeting API."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument(
        "--seed", type=int, default=0, help="makes ids, numbers and tokens repeatable (default: %(default)s)"
    )
    parser.add_argument("--callback", metavar="URL", help="where callbacks go")
    parser.add_argument(
        "--forget-ended", action="store_true", help="cancelled and recycled meetings can no longer be looked up"
    )
    parser.add_argument(
        "--http-errors", action="store_true", help="failures carry an HTTP status of 400 and above instead of 200"
    )
    parser.add_argument(
        "--expose", action="store_true", help="allow other machines: as listeners and as targets of callbacks"
    )
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before it served, or a second one
        sys.exit(130)

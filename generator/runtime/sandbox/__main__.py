"""``python -m netease_meeting.sandbox``: serve the sandbox until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading

from .core import APP_KEY, APP_SECRET, Sandbox
from .server import Server

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main(arguments: list[str] | None = None) -> int:
    """Serve; return the exit status."""
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
        "--expose", action="store_true", help="allow other machines: as listeners and as targets of callbacks"
    )
    options = parser.parse_args(arguments)
    if options.host not in _LOOPBACK and not options.expose:
        parser.error(f"--host {options.host} lets other machines in: add --expose if you mean it")
    sandbox = Sandbox(seed=options.seed, expose=options.expose, forget_ended=options.forget_ended)
    try:
        sandbox.set_callback(options.callback)
        server = Server(sandbox, options.host, options.port)
    except (OSError, ValueError) as error:
        print(f"The sandbox cannot start: {error}", file=sys.stderr)
        return 1
    with server:
        print("NetEase Meeting sandbox. Ctrl-C ends it.\n")
        print(f"  export NETEASE_MEETING_BASE_URL={server.url}")
        print(f"  export NETEASE_MEETING_APP_KEY={APP_KEY}")
        print(f"  export NETEASE_MEETING_APP_SECRET={APP_SECRET}\n")
        print(f"  state, clock, faults: {server.url}/_sandbox/state", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m netease_meeting.webhooks listen``: see callbacks as they arrive, and pass them on to an application."""

from __future__ import annotations

import argparse
import os
import sys

from .._runtime import console, listening
from . import Webhook
from .listen import Listener

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_KEY, _SECRET = "NETEASE_MEETING_APP_KEY", "NETEASE_MEETING_APP_SECRET"
_FILE = f"{_SECRET}_FILE"


def main(arguments: list[str] | None = None) -> int:
    """Listen until Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m netease_meeting.webhooks", description="Callbacks while developing."
    )
    listen = parser.add_subparsers(required=True, metavar="listen").add_parser(
        "listen",
        help="print verified callbacks as they arrive",
        description=f"Prints verified callbacks. Key and secret come from {_KEY} and {_SECRET} or {_FILE}.",
    )
    listen.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    listen.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    listen.add_argument("--forward", metavar="URL", help="pass each callback on, and answer what is answered there")
    listen.add_argument("--body", action="store_true", help="print the whole body below each line")
    listen.add_argument("--expose", action="store_true", help="allow other machines to connect")
    options = parser.parse_args(arguments)
    if options.host not in _LOOPBACK and not options.expose:
        parser.error(f"--host {options.host} lets other machines in: add --expose if you mean it")
    key = os.environ.get(_KEY)
    if not key or not (os.environ.get(_SECRET) or os.environ.get(_FILE)):
        parser.error(
            f"set {_KEY} and {_SECRET} or {_FILE}: a command line is no place for a secret, everybody here can see it"
        )
    try:
        webhook = Webhook(
            app_key=key, app_secret=os.environ.get(_SECRET) or None, app_secret_file=os.environ.get(_FILE) or None
        )
        listener = Listener(webhook, options.host, options.port, options.forward, options.body)
    except (OSError, OverflowError, ValueError) as error:
        console.say(f"Cannot listen: {listening.reason(error, options.host, options.port)}", error=True)
        return 2
    with listener:
        listener.run()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before it listened, or a second one
        sys.exit(130)

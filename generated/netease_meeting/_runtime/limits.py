# Copied from generator/runtime/_runtime/limits.py by `make generate`. Edit it there.
"""What every transport of ours keeps to."""

MOST_CONNECTIONS = 100
"""How many requests of a client are under way at once; further ones wait."""

LONGEST_QUEUE = 20.0
"""Seconds a signed request waits for a connection. The server accepts a signature for 60 s: this one is made anew."""

LONGEST_CONNECT = 10.0
"""Seconds for one connection or handshake, so that enough of the deadline is left to try again."""

KEEPALIVE = 5.0
"""Seconds; shorter than any server's, so that none closes a connection just when it is used."""

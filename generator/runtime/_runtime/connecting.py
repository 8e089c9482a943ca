"""Connect to the first address of a host that answers: the synchronous half of RFC 8305."""

from __future__ import annotations

import errno
import os
import queue
import selectors
import socket

import httpcore

from .addresses import Address, Race, is_literal, look_up_now, resolve
from .clock import monotonic

_UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)


def connect(host: str, port: int, ends: float) -> socket.socket:
    """Return a socket connected to *host* by *ends*. Raises httpcore's ``ConnectError`` or ``ConnectTimeout``."""
    race = Race(_look_up(host, port, ends))
    pending: dict[socket.socket, Address] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while not race.lost:
                while (address := race.next()) is not None:
                    _begin(race, address, pending, selector)
                for key, _ in selector.select(race.patience(ends)) if pending else ():
                    assert isinstance(key.fileobj, socket.socket)
                    connection = key.fileobj
                    selector.unregister(connection)
                    address = pending.pop(connection)
                    code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        race.won(address)
                        return connection
                    connection.close()
                    race.failed(address, OSError(code, os.strerror(code)))
                if pending and monotonic() >= ends:
                    race.time_out()
                    raise httpcore.ConnectTimeout(race.failures)
            raise httpcore.ConnectError(race.failures)
        finally:
            for connection in pending:
                connection.close()


def _begin(
    race: Race, address: Address, pending: dict[socket.socket, Address], selector: selectors.BaseSelector
) -> None:
    try:
        connection = socket.socket(address.family, socket.SOCK_STREAM, address.protocol)
    except OSError as error:  # the machine does not know the family
        race.failed(address, error)
        return
    pending[connection] = address
    connection.setblocking(False)
    code = connection.connect_ex(address.target)
    if code in _UNDER_WAY:
        selector.register(connection, selectors.EVENT_WRITE)
    else:
        del pending[connection]
        connection.close()
        race.failed(address, OSError(code, os.strerror(code)))


def _look_up(host: str, port: int, ends: float) -> list[Address]:
    if is_literal(host):
        return found_for(host, look_up_now(host, port))
    answer: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()
    resolve(host, port, answer.put)
    try:
        return found_for(host, answer.get(timeout=max(ends - monotonic(), 0.0)))
    except queue.Empty:
        raise slow_name(host) from None


def found_for(host: str, found: list[Address] | OSError) -> list[Address]:
    """Return the addresses *found*, or raise what their absence means."""
    if isinstance(found, OSError):
        raise httpcore.ConnectError(f"{host} has no address: {found.strerror or found}") from found
    return found


def slow_name(host: str) -> httpcore.ConnectTimeout:
    """Return the error for a name server that does not answer."""
    return httpcore.ConnectTimeout(f"{host}: no answer from the name server in time")

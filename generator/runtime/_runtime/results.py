"""What a user's function returned: the event counts as handled only if nothing is left to be run.

Whether a function is asynchronous cannot always be seen from outside: a lambda or a decorator may return a coroutine.
So the function is looked at when it is registered, where that tells anything, and its result always.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import AsyncContextDecorator, ContextDecorator
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from .errors import ConfigurationError, printable

_NOT_RUN: tuple[tuple[tuple[type, ...], str], ...] = (
    ((Generator, AsyncGenerator), "a generator, of which nothing has run: remove its `yield`, or iterate over it"),
    ((ContextDecorator, AsyncContextDecorator), "a context manager, which was never entered: use `with` inside"),
    ((map, filter), "an iterator, of which nothing has run: write a `for` loop"),
    ((FunctionType, MethodType, BuiltinFunctionType, partial), "a function, which was never called: call it"),
    ((BaseException,), "an exception: raise it"),
)
_FAILED = 400
"""From this status on, a response says that a request failed."""


def name_of(function: object) -> str:
    """Return what to call *function* in a message. Arguments of a ``partial`` are left out: they may be secret."""
    inner = _inner(function)
    return printable(getattr(inner, "__qualname__", None) or type(inner).__qualname__, 100)


def is_async(function: object) -> bool:
    """Whether calling *function* certainly returns a coroutine. ``False`` says nothing about the result."""
    return _holds(inspect.iscoroutinefunction, function)


def unusable(function: object) -> str | None:
    """Return why *function* can never handle anything, as the end of a sentence; ``None`` if nothing is known."""
    if not callable(function):
        return "cannot be called: give a function"
    if _holds(inspect.isgeneratorfunction, function) or _holds(inspect.isasyncgenfunction, function):
        return "is a generator function, and calling it runs nothing of it: remove its `yield`"
    if isinstance(function, type) and any("__call__" in vars(base) for base in function.__mro__):
        return "is a class whose objects are what is to be called: give an object of it"
    return None


def in_event_loop() -> bool:
    """Whether this thread runs an event loop, so that nothing may block it or run another one."""
    import asyncio  # a receiver without an event loop never loads it

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def settle(function: object, result: Any, instead: str) -> None:
    """Return if *result* of *function* says that its work is done. *instead* says what to do about an awaitable.

    Raises:
        ConfigurationError: There is something to be awaited, which cannot be done here, or nothing has run.
    """
    while _is_future(result):
        if in_event_loop():  # which may be what the future waits for
            raise ConfigurationError(f"{name_of(function)} returned a future. {instead}")
        result = result.result()
    if inspect.isawaitable(result):
        close(result)
        raise ConfigurationError(f"{name_of(function)} returned an awaitable. {instead}")
    _check(function, result)


def close(awaitable: object) -> None:
    """Close what nobody will await, where it is a coroutine: Python would warn about it."""
    if isinstance(awaitable, Coroutine):
        awaitable.close()


async def asettle(function: object, result: Any) -> None:
    """Await *result* of *function*, if that can be done, and return if its work is done then.

    Raises:
        ConfigurationError: Nothing has run.
    """
    while True:
        if inspect.isawaitable(result):
            result = await result
        elif _is_future(result):
            from asyncio import wrap_future

            result = await wrap_future(result)
        else:
            break
    _check(function, result)


async def acall(function: Callable[..., object], *arguments: object) -> None:
    """Call *function* and await its result. Unless it is visibly async it runs in a thread: it may wait for a disk."""
    if is_async(function):
        result = function(*arguments)
    else:
        from asyncio import to_thread

        result = await to_thread(_call, function, *arguments)
    await asettle(function, result)


def _call(function: Callable[..., object], *arguments: object) -> object:
    try:
        return function(*arguments)
    except StopIteration as error:  # until Python 3.12 a future cannot hold it, and whoever awaits one waits for ever
        raise RuntimeError(f"{name_of(function)} raised StopIteration") from error


def _check(function: object, result: object) -> None:
    if result is None:
        return
    for kinds, problem in _NOT_RUN:
        if isinstance(result, kinds):
            raise ConfigurationError(f"{name_of(function)} returned {problem}.")
    if hasattr(type(result), "apply_async"):
        raise ConfigurationError(f"{name_of(function)} returned a task, which was never sent: call its `delay()`.")
    status = getattr(result, "status_code", None) or getattr(result, "status", None)
    if isinstance(status, int) and status >= _FAILED and hasattr(result, "headers"):
        raise ConfigurationError(
            f"{name_of(function)} returned a response with status {int(status)}. What is returned is not sent: raise "
            "an exception if the event was not handled."
        )


def _is_future(result: object) -> bool:
    """Whether *result* is a future of a pool of threads or processes."""
    futures = sys.modules.get("concurrent.futures")  # where nobody has loaded it, there is none
    return futures is not None and isinstance(result, futures.Future)


def _inner(function: Any) -> Any:
    while isinstance(function, partial):
        function = function.func
    return function


def _holds(test: Callable[[object], bool], function: object) -> bool:
    """Whether *test* holds for *function*, inside any ``partial``, or for the ``__call__`` of an object."""
    inner = _inner(function)
    return test(inner) or (callable(inner) and test(type(inner).__call__))

# Copied from generator/runtime/_runtime/handlers.py by `make generate`. Edit it there.
"""Which function handles which kind of event."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, overload

from .errors import ConfigurationError
from .results import acall, is_async, name_of, settle, unusable

Event = TypeVar("Event")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
Returned = TypeVar("Returned")
Function = TypeVar("Function", bound=Callable[..., object])

Handler = Callable[[A], object]
Decorator = Callable[[Callable[[A], Returned]], Callable[[A], Returned]]

_AWAIT = "`await hook.ahandle(body, headers)` instead of `hook.handle`."


class Handlers(Generic[Event]):
    """Handlers by kind of event, and one for all other kinds, so that no event is dropped in silence."""

    def __init__(self, kinds: Iterable[type]) -> None:
        self._kinds = tuple(kinds)
        self._handlers: dict[type, Handler[Any]] = {}
        self._otherwise: Handler[Any] | None = None
        self._async: str | None = None

    @overload
    def on(self, kind: type[A], /) -> Decorator[A, Returned]: ...
    @overload
    def on(self, kind: type[A], other: type[B], /) -> Decorator[A | B, Returned]: ...
    @overload
    def on(self, kind: type[A], other: type[B], third: type[C], /) -> Decorator[A | B | C, Returned]: ...
    def on(self, *kinds: type[Any]) -> Decorator[Any, Any]:
        """Decorate the function, ordinary or async, that handles one or more kinds of events.

        An event counts as handled once the function has returned and what it returned has been awaited, if that is
        something to await. A generator or a response of 400 or more counts as a failure; other results are ignored.

        A class that several events inherit from, such as ``MemberCallback``, stands for all of them; the handler of
        the nearest class is called, and only that one.

        Raises:
            ConfigurationError: There is a handler for it, no event is of that kind, or the function is none that can
                handle anything, for example a generator function.
        """
        if not kinds:
            raise ConfigurationError("@hook.on() names no event: write, for example, @hook.on(MeetingEnded).")
        for kind in kinds:
            if not inspect.isclass(kind):
                raise ConfigurationError(f"{name_of(kind)} is no kind of event: write @hook.on(MeetingEnded) above it.")
            if not any(issubclass(event, kind) for event in self._kinds):
                known = ", ".join(event.__name__ for event in self._kinds)
                raise ConfigurationError(f"no callback is a {kind.__name__}. There are: {known}.")
            if kind in self._handlers:
                raise ConfigurationError(f"{kind.__name__} has a handler already: {name_of(self._handlers[kind])}.")

        def register(handler: Handler[Any]) -> Handler[Any]:
            self._admit(handler)
            self._handlers.update(dict.fromkeys(kinds, handler))
            return handler

        return register

    def otherwise(self, handler: Function, /) -> Function:
        """Decorate the function that handles every event without a handler of its own. There must be one."""
        if self._otherwise is not None:
            raise ConfigurationError(f"there is a fallback already: {name_of(self._otherwise)}.")
        self._admit(handler)
        self._otherwise = handler
        return handler

    def dispatch(self, event: Event) -> None:
        """Call the handler of *event*.

        Raises:
            ConfigurationError: There is no fallback, a handler is async (``await adispatch(event)`` then), or the
                handler returned something that has not run.
        """
        handler = self._find(event)
        if self._async is not None:
            raise ConfigurationError(f"{self._async} is async: {_AWAIT}")
        settle(handler, handler(event), f"It is async: {_AWAIT}")

    async def adispatch(self, event: Event) -> None:
        """Call the handler of *event*; one that is not async runs in a thread, so that it may wait for something."""
        await acall(self._find(event), event)

    def _admit(self, handler: Handler[Any]) -> None:
        problem = unusable(handler)
        if problem is not None:
            raise ConfigurationError(f"{name_of(handler)} {problem}.")
        if is_async(handler):
            self._async = name_of(handler)

    def _find(self, event: object) -> Handler[Any]:
        if self._otherwise is None:
            raise ConfigurationError(
                "there is no fallback for events without a handler: decorate a function with @hook.otherwise. "
                "Until then no callback is accepted, for kinds that are new or forgotten would be lost."
            )
        found = (self._handlers.get(kind) for kind in type(event).__mro__)
        return next((handler for handler in found if handler is not None), self._otherwise)

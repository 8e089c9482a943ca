"""Everything that people register as a handler or receiver: what runs, what has to be awaited, what never runs."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, cast

from asgiref.sync import async_to_sync, sync_to_async
from celery import Celery
from werkzeug import Response

Handler = Callable[..., Any]
Kind = Callable[[list[Any]], Handler]
"""Makes a handler that appends its first argument to a list when its work is done."""

celery: Any = Celery("kinds", broker="memory://")


def note(seen: list[Any], *given: Any) -> Any:
    seen.append(given[0])
    return None


# -- asynchronous


def async_function(seen: list[Any]) -> Handler:
    async def handler(*given: Any) -> None:
        await asyncio.sleep(0)
        note(seen, *given)

    return handler


class AsyncObject:
    def __init__(self, seen: list[Any]) -> None:
        self._seen = seen

    async def __call__(self, *given: Any) -> None:
        await asyncio.sleep(0)
        note(self._seen, *given)

    async def method(self, *given: Any) -> None:
        await self(*given)


def async_callable(seen: list[Any]) -> Handler:
    return AsyncObject(seen)


def bound_method(seen: list[Any]) -> Handler:
    return AsyncObject(seen).method


def partial_of_async(seen: list[Any]) -> Handler:
    return functools.partial(functools.partial(async_function(seen)))


def partial_of_async_callable(seen: list[Any]) -> Handler:
    return functools.partial(AsyncObject(seen))


def lambda_of_async(seen: list[Any]) -> Handler:
    handler = async_function(seen)
    return lambda *given: handler(*given)


def decorated(seen: list[Any]) -> Handler:
    handler = async_function(seen)

    @functools.wraps(handler)
    def wrapper(*given: Any) -> Any:
        return handler(*given)

    return wrapper


def in_a_thread(seen: list[Any]) -> Handler:
    made: Handler = sync_to_async(functools.partial(note, seen), thread_sensitive=False)
    return made


def returns_another_awaitable(seen: list[Any]) -> Handler:
    async def handler(*given: Any) -> Any:
        return async_function(seen)(*given)

    return handler


class Later:
    """An awaitable that is neither a coroutine nor a future."""

    def __init__(self, handler: Handler, *given: Any) -> None:
        self._given = handler, given

    def __await__(self) -> Generator[Any, None, None]:
        handler, given = self._given
        yield from handler(*given).__await__()


def custom_awaitable(seen: list[Any]) -> Handler:
    return functools.partial(Later, async_function(seen))


def static_method(seen: list[Any]) -> Handler:
    return staticmethod(async_function(seen))


VISIBLE: list[Kind] = [async_function, async_callable, bound_method, partial_of_async, partial_of_async_callable]
VISIBLE += [in_a_thread, returns_another_awaitable]
HIDDEN: list[Kind] = [lambda_of_async, decorated, custom_awaitable, static_method]
"""Only the result tells that these are asynchronous."""
ASYNC = VISIBLE + HIDDEN


# -- ordinary


def function(seen: list[Any]) -> Handler:
    return functools.partial(note, seen)


def from_async(seen: list[Any]) -> Handler:
    return async_to_sync(async_function(seen))


def celery_task(seen: list[Any]) -> Handler:
    def task(*given: Any) -> None:
        note(seen, *given)

    made: Handler = celery.task(task, name=f"kinds.{id(seen)}")  # called, it runs here
    return made


def future_of_a_pool(seen: list[Any]) -> Handler:
    pool = ThreadPoolExecutor(1)

    def handler(*given: Any) -> Future[None]:
        try:
            return pool.submit(note, seen, *given)
        finally:
            pool.shutdown(wait=False)

    return handler


class Constructed:
    """A class whose constructor does the work."""

    def __init__(self, seen: list[Any], *given: Any) -> None:
        note(seen, *given)


def constructor(seen: list[Any]) -> Handler:
    return functools.partial(Constructed, seen)


def answers_false(seen: list[Any]) -> Handler:
    return lambda *given: note(seen, *given) or False


def answers_a_response(seen: list[Any]) -> Handler:
    return lambda *given: (note(seen, *given), Response(status=202))[1]


SYNC: list[Kind] = [function, from_async, celery_task, future_of_a_pool, constructor, answers_false, answers_a_response]


# -- what never runs, and can be seen to


def generator(seen: list[Any]) -> Handler:
    def handler(*given: Any) -> Iterator[None]:
        note(seen, *given)
        yield

    return handler


def async_generator(seen: list[Any]) -> Handler:
    async def handler(*given: Any) -> AsyncIterator[None]:
        note(seen, *given)
        yield

    return handler


class Generating:
    def __init__(self, seen: list[Any]) -> None:
        self._seen = seen

    def __call__(self, *given: Any) -> Iterator[None]:
        note(self._seen, *given)
        yield


def generating_object(seen: list[Any]) -> Handler:
    return Generating(seen)


def partial_of_generator(seen: list[Any]) -> Handler:
    return functools.partial(generator(seen))


def class_instead_of_object(seen: list[Any]) -> Handler:
    return AsyncObject


def no_function(seen: list[Any]) -> Handler:
    nothing: Handler | Any = None
    return cast(Handler, nothing)


UNUSABLE: list[Kind] = [generator, async_generator, generating_object, partial_of_generator]
UNUSABLE += [class_instead_of_object, no_function]


# -- what turns out not to have run, or to have failed


def lambda_of_generator(seen: list[Any]) -> Handler:
    handler = generator(seen)
    return lambda *given: handler(*given)


def lambda_of_async_generator(seen: list[Any]) -> Handler:
    handler = async_generator(seen)
    return lambda *given: handler(*given)


def context_manager(seen: list[Any]) -> Handler:
    return contextlib.contextmanager(generator(seen))


def async_context_manager(seen: list[Any]) -> Handler:
    return contextlib.asynccontextmanager(async_generator(seen))


def expression(seen: list[Any]) -> Handler:
    return lambda *given: (note(seen, each) for each in given)


def mapped(seen: list[Any]) -> Handler:
    return lambda *given: map(functools.partial(note, seen), given)


def returns_a_function(seen: list[Any]) -> Handler:
    return lambda *given: lambda: note(seen, *given)


def unsent_task(seen: list[Any]) -> Handler:
    task: Any = celery_task(seen)
    return lambda *given: task.s(*given)


def returns_an_exception(seen: list[Any]) -> Handler:
    return lambda *given: ValueError("no such room")


def failed_response(seen: list[Any]) -> Handler:
    return lambda *given: Response(status=500)


def failing_future(seen: list[Any]) -> Handler:
    def handler(*given: Any) -> Future[None]:
        future: Future[None] = Future()
        future.set_exception(OSError("disk full"))
        return future

    return handler


def ends_an_iterator(seen: list[Any]) -> Handler:
    return lambda *given: next(iter(seen[:0]))


FAILING: list[Kind] = [lambda_of_generator, lambda_of_async_generator, context_manager, async_context_manager]
FAILING += [expression, mapped, returns_a_function, unsent_task, returns_an_exception, failed_response]
FAILING += [failing_future, ends_an_iterator]

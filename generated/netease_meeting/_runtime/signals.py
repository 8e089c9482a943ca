# Copied from generator/runtime/_runtime/signals.py by `make generate`. Edit it there.
"""Which exceptions belong to a signal handler of the caller: imported only when a transport raised something odd."""

from __future__ import annotations

import functools
import inspect
import signal
from types import CodeType


def raised_by_handler(error: BaseException) -> bool:
    """Whether a signal handler raised *error*, while this package was waiting: a time limit of the caller, perhaps."""
    codes = {_code_of(signal.getsignal(number)) for number in signal.valid_signals()} - {None}
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in codes:
            return True
        trace = trace.tb_next
    return False


def _code_of(handler: object) -> CodeType | None:
    while isinstance(handler, functools.partial):
        handler = handler.func
    function = getattr(handler, "__func__", handler)
    if not hasattr(function, "__code__"):  # an object that is called like a function
        function = inspect.getattr_static(type(handler), "__call__", None)
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None

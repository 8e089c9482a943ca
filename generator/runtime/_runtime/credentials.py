"""AppKeys and AppSecrets: what may be one, and where it may come from.

Tracebacks are logged with the variables of their frames. So a function that is given a secret passes it to ``seal``
at once and deletes its own variable; ``seal`` never raises, and what is wrong is raised later, without the value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from .errors import ConfigurationError
from .secret import Secret


class SupportsSecretValue(Protocol):
    """A value that hides a secret, such as ``pydantic.SecretStr``."""

    def get_secret_value(self) -> str:
        """Return the secret."""
        ...


AppSecret = str | SupportsSecretValue
"""One secret."""

Secrets = AppSecret | Sequence[AppSecret]
"""A secret, or several while one replaces another."""

Resolver = Callable[[str], "Secrets | None"]
"""Finds the secret of an AppKey, for receivers of several applications; ``None`` for one it does not know."""

SecretFile = str | os.PathLike[str]
"""Where a secret is stored."""

_LARGEST_FILE = 64 * 1024
_QUOTES = "\"'`´‘’‚‛“”„‟«»「」『』＂＇"
# Invisible, though Python calls them printable: joiners, fillers, variation selectors.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_BYTE_ORDER_MARKS = ("\ufeff", "\ufffe", "ï»¿")
# What is printed, or stands in a template, in place of a secret. Anybody knows it.
_PLACEHOLDER = re.compile(r"[*•●.…]+|None|null|undefined|SecretStr\(.*|Secret\(.*|\$\{.*\}|\{\{.*\}\}|%\(.*\)s|<.*>")


class Sealed:
    """What was given as a secret, checked. Shows nothing; what is wrong with it is raised when it is opened."""

    __slots__ = ("problem", "resolver", "secrets")

    def __init__(
        self, secrets: tuple[Secret, ...] = (), problem: str = "", resolver: Callable[[str], object] | None = None
    ) -> None:
        self.secrets = secrets
        self.problem = problem
        self.resolver = resolver
        """Returns the secrets of an AppKey, in place of those given."""

    def open(self, app_key: str) -> tuple[Secret, ...]:
        """Return the secrets. Raises ``ConfigurationError`` that says what is wrong, never the value."""
        if self.problem:
            raise ConfigurationError(self.problem)
        if Secret(app_key) in self.secrets:
            raise ConfigurationError("app_secret is the app_key, which is public: pass the secret of this app_key.")
        return self.secrets

    def __repr__(self) -> str:
        return "***"


def seal(
    app_secret: object, app_secret_file: object = None, *, environment: str | None = None, several: bool = False
) -> Sealed:
    """Return the secret out of sight of tracebacks. Never raises.

    Args:
        app_secret: A secret; with *several* also a list of them or a function that finds them.
        app_secret_file: A file that holds it instead.
        environment: The prefix of the variables that are read where neither is given.
        several: Whether several secrets may be valid at a time.
    """
    try:
        return _sealed(app_secret, app_secret_file, environment, several)
    except Exception as error:  # a property or an iterator of somebody else's
        return Sealed(problem=f"app_secret cannot be read: {type(error).__name__}.")


def _sealed(app_secret: object, app_secret_file: object, environment: str | None, several: bool) -> Sealed:
    if isinstance(app_secret, Sealed):
        return app_secret
    if app_secret is not None and app_secret_file is not None:
        return Sealed(problem="app_secret and app_secret_file are both given: pass one of them.")
    if app_secret_file is not None:
        return _from_file(app_secret_file, "app_secret_file")
    if app_secret is not None:
        return _given(app_secret, several)
    if environment is None:
        return Sealed(problem="app_secret is missing: pass app_secret= or app_secret_file=.")
    variable, file_variable = f"{environment}_APP_SECRET", f"{environment}_APP_SECRET_FILE"
    text, file = os.environ.get(variable), os.environ.get(file_variable)
    if text and file:
        return Sealed(problem=f"{variable} and {file_variable} are both set: set one of them.")
    if file:
        return _from_file(file, file_variable)
    if text:
        return _text(text, variable)
    return Sealed(
        problem=f"app_secret is missing: pass app_secret= or app_secret_file=, or set {variable} or {file_variable}."
    )


def seal_found(found: object, app_key: str) -> Sealed:
    """Return what a resolver found for *app_key*. Never raises."""
    name = f"what the function given as app_secret returned for the AppKey {app_key}"
    try:
        if found is None or (_is_list(found) and not found):
            return Sealed()  # it does not know this one
        if hasattr(found, "__await__"):
            _close(found)
            return Sealed(problem=f"{name} is awaitable: the function must return the secret itself, not be async.")
        return _texts(found, name) if _is_list(found) else _text(found, name)
    except Exception as error:
        return Sealed(problem=f"{name} cannot be read: {type(error).__name__}.")


def check_app_key(app_key: object) -> str:
    """Return *app_key* as it is sent in a header, or raise ``ConfigurationError``."""
    if not isinstance(app_key, str):
        raise ConfigurationError(f"app_key must be text, not {_kind(app_key)}.")
    key = str.__str__(app_key)  # of a subclass: its plain value
    if not _VISIBLE.fullmatch(key):
        raise ConfigurationError(
            "app_key must be visible ASCII without spaces: it is sent in an HTTP header. "
            "A line break at its end usually comes from the file it was read from."
        )
    if key[0] in _QUOTES or key[-1] in _QUOTES or _PLACEHOLDER.fullmatch(key):
        raise ConfigurationError(f"app_key must be the key itself, without quotation marks, not {key!r}.")
    return key


_VISIBLE = re.compile(r"[\x21-\x7e]+")


def _given(app_secret: object, several: bool) -> Sealed:
    if not several:
        return _text(app_secret, "app_secret")
    if _is_list(app_secret):
        return _texts(app_secret, "app_secret")
    if not callable(app_secret) or isinstance(app_secret, (str, Mapping, type)) or _hides(app_secret):
        return _text(app_secret, "app_secret")
    code = getattr(app_secret, "__code__", getattr(type(app_secret).__call__, "__code__", None))
    if code is not None and code.co_flags & _NOT_PLAIN:
        return Sealed(problem="app_secret is an async or generator function: pass a plain one that returns the secret.")
    return Sealed(resolver=cast("Callable[[str], object]", app_secret))


_NOT_PLAIN = 0x20 | 0x80 | 0x200
"""``inspect.CO_GENERATOR``, ``CO_COROUTINE`` and ``CO_ASYNC_GENERATOR``, without loading inspect."""


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview, range))


def _hides(value: object) -> bool:
    return callable(getattr(value, "get_secret_value", None)) and not isinstance(value, type)


def _texts(values: Any, name: str) -> Sealed:
    sealed = [_text(value, f"{name}[{index}]") for index, value in enumerate(values)]
    if not sealed:
        return Sealed(problem=f"{name} is an empty list: pass at least one secret.")
    wrong = next((one for one in sealed if one.problem), None)
    return wrong or Sealed(tuple(secret for one in sealed for secret in one.secrets))


def _text(value: Any, name: str) -> Sealed:
    if not isinstance(value, str) and _hides(value):
        value = value.get_secret_value()
    if not isinstance(value, str):
        return Sealed(problem=f"{name} must be text, not {_kind(value)}{_cure(value)}.")
    text = str.__str__(value)  # of a subclass: its plain value
    flaw = _flaw(text)
    return Sealed(problem=f"{name} {flaw}") if flaw else Sealed((Secret(text),))


def _flaw(text: str) -> str | None:
    """Return why *text* cannot be a secret, without a part of it."""
    if not text:
        return "is empty."
    if text.startswith(_BYTE_ORDER_MARKS):
        return "begins with a byte order mark: store it as UTF-8 without one."
    if text != text.strip():
        return "begins or ends with white space (a line break from a file?). It is used exactly as given: remove that."
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        return "begins or ends with a quotation mark: pass what stands between the quotation marks."
    if _PLACEHOLDER.fullmatch(text):
        return "is a placeholder that stands for a secret, not the secret."
    if not text.isprintable() or _INVISIBLE.search(text):
        odd = next(char for char in text if not char.isprintable() or _INVISIBLE.match(char))
        if odd in "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029":
            return "has a line break in it: it must be one line."
        if "\ud800" <= odd <= "\udfff":
            return "is not valid Unicode text."
        return f"has an invisible character in it (U+{ord(odd):04X}): copy it again, or remove that."
    return None


def _from_file(path: object, name: str) -> Sealed:
    """Return the secret in a file: UTF-8, with at most one line break at its end."""
    where: object = cast(Any, path).__fspath__() if hasattr(path, "__fspath__") else path
    if not isinstance(where, str):
        return Sealed(problem=f"{name} must be the path of a file, not {_kind(path)}.")
    said = f"the file {where!r} ({name})"
    if not where:
        return Sealed(problem=f"{name} is empty: pass the path of a file.")
    try:
        with open(where, "rb") as file:
            text = file.read(_LARGEST_FILE + 1).decode()
    except UnicodeDecodeError:
        return Sealed(problem=f"{said} is not UTF-8: store the secret as UTF-8 text without a byte order mark.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Sealed(problem=f"{said} cannot be read: {reason}.")
    if len(text) > _LARGEST_FILE:
        return Sealed(problem=f"{said} is larger than {_LARGEST_FILE // 1024} KiB: it is no secret.")
    return _text(text[:-2] if text.endswith("\r\n") else text.removesuffix("\n"), said)


def _kind(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def _cure(value: object) -> str:
    if isinstance(value, Mapping):
        return ": pass the secret of this app_key; Webhook also takes a function, such as the mapping's get"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ": pass secret.decode()"
    if isinstance(value, os.PathLike):
        return ": pass a file as app_secret_file"
    return ""


def _close(awaitable: object) -> None:
    close = getattr(awaitable, "close", None)  # a coroutine that is never awaited would warn
    if callable(close):
        close()

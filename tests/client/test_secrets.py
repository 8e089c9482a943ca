"""What may be a secret, where it may come from, and that no frame of ours shows it, whoever raises."""

from __future__ import annotations

import asyncio
import copy
import pickle
import pprint
import pydoc
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, SigningAuth, Webhook, errors
from netease_meeting._runtime.credentials import Sealed
from netease_meeting._runtime.flow import Send
from netease_meeting._runtime.proxies import Proxy
from netease_meeting._runtime.secret import Opaque, Secret, SignedHeaders
from netease_meeting._runtime.signing import Material
from netease_meeting._runtime.transport import Reply, TransportError
from netease_meeting.turbo import TurboTransport
from netease_meeting.webhooks import wsgi
from netease_meeting.webhooks.__main__ import main as listen
from pydantic import SecretBytes, SecretStr
from rich.pretty import pretty_repr

from tests.callbacks.signed import BODY, KEY, NOW, SECRET, signed

CANARY = "T0P-SECRET"

# -- looking at frames as error trackers do


def as_sentry(value: Any, depth: int = 0) -> str:
    """Return what sentry-sdk would send: it asks for ``__sentry_repr__``, and looks into containers."""
    if hasattr(type(value), "__sentry_repr__"):
        return str(value.__sentry_repr__())
    if depth > 5 or isinstance(value, (str, bytes, bytearray)):
        return repr(value)
    if isinstance(value, Mapping):
        return ",".join(f"{key!r}={as_sentry(item, depth + 1)}" for key, item in value.items())
    if isinstance(value, (Sequence, set, frozenset)):
        return ",".join(as_sentry(item, depth + 1) for item in value)
    return repr(value)


def attributes(value: Any, seen: set[int], depth: int = 0) -> Iterator[str]:
    """Yield the texts inside *value*: items, attributes, slots. What exists to hold a secret is not opened."""
    if depth > 7 or id(value) in seen or isinstance(value, (type, ModuleType, Secret, Material, Sealed)):
        return
    seen.add(id(value))
    if isinstance(value, (str, bytes, bytearray)):
        yield repr(value)
    elif isinstance(value, Mapping):
        for pair in list(value.items()):
            yield from attributes(pair, seen, depth + 1)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in list(value):
            yield from attributes(item, seen, depth + 1)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from attributes(getattr(value, name), seen, depth + 1)
    else:
        yield from attributes(getattr(value, "__dict__", {}), seen, depth + 1)


def chained(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]


def our_frames(error: BaseException) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for one in chained(error):
        trace = one.__traceback__
        while trace is not None:
            if str(trace.tb_frame.f_globals.get("__name__", "")).startswith("netease_meeting"):
                found.append((trace.tb_frame.f_code.co_qualname, dict(trace.tb_frame.f_locals)))
            trace = trace.tb_next
    return found


def leaks(error: BaseException, *canaries: str, inside: bool = True) -> list[str]:
    """Return where a canary shows: in the errors themselves, or in a variable of a frame of ours."""
    found = [type(one).__name__ for one in chained(error) if any(c in repr(one) + repr(vars(one)) for c in canaries)]
    for function, variables in our_frames(error):
        for name, value in variables.items():
            shown = [
                repr(value),
                pretty_repr(value, max_string=80),
                pprint.pformat(value),
                pydoc.text.repr(value),  # cgitb's
                as_sentry(value),
                *(attributes(value, set()) if inside else ()),
            ]
            if any(canary in text for text in shown for canary in canaries):
                found.append(f"{function}: {name}")
    return found


# -- what is refused


class Reveals:
    """Whatever it is asked for, it raises or returns something odd."""

    def __init__(self, value: object) -> None:
        self._value = value

    def get_secret_value(self) -> Any:
        if isinstance(self._value, Exception):
            raise self._value
        return self._value


def numbered() -> Iterator[str]:
    yield CANARY


REFUSED: dict[str, Callable[[], Any]] = {
    "empty": lambda: "",
    "line break": lambda: f"{CANARY}\n",
    "Windows line break": lambda: f"{CANARY}\r\n",
    "space before": lambda: f" {CANARY}",
    "ideographic space after": lambda: f"{CANARY}\u3000",
    "no-break space after": lambda: f"{CANARY}\u00a0",
    "line break inside": lambda: f"{CANARY}\nx",
    "line separator inside": lambda: f"{CANARY}\u2028x",
    "tab inside": lambda: f"{CANARY}\tx",
    "NUL": lambda: f"{CANARY}\0",
    "byte order mark": lambda: f"\ufeff{CANARY}",
    "byte order mark read as Latin-1": lambda: f"ï»¿{CANARY}",
    "zero-width space after": lambda: f"{CANARY}\u200b",
    "zero-width joiner inside": lambda: f"T0\u200dP{CANARY}",
    "soft hyphen": lambda: f"{CANARY}\u00adx",
    "word joiner": lambda: f"\u2060{CANARY}",
    "right-to-left mark": lambda: f"{CANARY}\u200f",
    "variation selector": lambda: f"{CANARY}\ufe0f",
    "Hangul filler": lambda: f"{CANARY}\u3164",
    "double quotes": lambda: f'"{CANARY}"',
    "single quotes": lambda: f"'{CANARY}'",
    "curly quotes": lambda: f"“{CANARY}”",
    "corner brackets": lambda: f"「{CANARY}」",
    "one quote": lambda: f'{CANARY}"',
    "repr of bytes": lambda: str(CANARY.encode()),
    "surrogate": lambda: f"{CANARY}\udc80",
    "mask": lambda: str(SecretStr(CANARY)),
    "text of None": lambda: str(None),
    "unfilled template": lambda: "${NETEASE_MEETING_APP_SECRET}",
    "the app_key": lambda: KEY,
    "bytes": lambda: CANARY.encode(),
    "bytearray": lambda: bytearray(CANARY.encode()),
    "memoryview": lambda: memoryview(CANARY.encode()),
    "integer": lambda: 20260101,
    "float": lambda: 1.5,
    "boolean": lambda: True,
    "path": lambda: Path(CANARY),
    "dict": lambda: {KEY: CANARY},
    "set": lambda: {CANARY},
    "keys": lambda: {CANARY: KEY}.keys(),
    "generator": numbered,
    "iterator": lambda: iter([CANARY]),
    "object": lambda: object(),
    "class": lambda: SecretStr,
    "text class": lambda: str,
    "SecretBytes": lambda: SecretBytes(CANARY.encode()),
    "empty SecretStr": lambda: SecretStr(""),
    "SecretStr with a line break": lambda: SecretStr(f"{CANARY}\n"),
    "SecretStr of the app_key": lambda: SecretStr(KEY),
    "hides a number": lambda: Reveals(5),
    "hides nothing": lambda: Reveals(None),
    "raises": lambda: Reveals(RuntimeError(f"vault refused {CANARY}")),
}
LISTS: dict[str, Callable[[], Any]] = {
    "empty list": list,
    "empty tuple": lambda: (),
    "None in a list": lambda: [CANARY, None],
    "number in a list": lambda: [CANARY, 5],
    "bytes in a list": lambda: [CANARY, CANARY.encode()],
    "list in a list": lambda: [[CANARY]],
    "dict in a list": lambda: [{KEY: CANARY}],
    "second with a line break": lambda: [CANARY, f"{CANARY}\n"],
    "second is the app_key": lambda: [CANARY, KEY],
    "list of a dict": lambda: list({KEY: CANARY}),
}


async def found_later(app_key: str) -> str:
    return CANARY


def found_in_pieces(app_key: str) -> Iterator[str]:
    yield CANARY


NO_RESOLVERS: dict[str, Callable[[], Any]] = {
    "async function": lambda: found_later,
    "generator function": lambda: found_in_pieces,
    "getter of a class": lambda: SecretBytes,
}
DOORS: dict[str, Callable[[Any], object]] = {
    "MeetingClient": lambda secret: MeetingClient(app_key=KEY, app_secret=secret),
    "AsyncMeetingClient": lambda secret: AsyncMeetingClient(app_key=KEY, app_secret=secret),
    "SigningAuth": lambda secret: SigningAuth(KEY, secret),
    "Webhook": lambda secret: Webhook(app_key=KEY, app_secret=secret),
    "Webhook of several": lambda secret: Webhook(app_key=KEY, app_secret=[CANARY, secret]),
    "Webhook with a function": lambda secret: Webhook(app_secret=lambda key: secret).parse(BODY, signed(BODY)),
    "Webhook with a function of several": lambda secret: Webhook(app_secret=lambda key: [secret]).verify(
        BODY, signed(BODY)
    ),
}


def refusal(call: Callable[[], object]) -> errors.ConfigurationError:
    with pytest.raises(errors.ConfigurationError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_secret_is_refused_and_shown_by_no_frame(name: str, door: str) -> None:
    error = refusal(lambda: DOORS[door](REFUSED[name]()))
    assert leaks(error, CANARY) == []
    assert str(error).startswith(("app_secret", "what the function given as app_secret returned"))


@pytest.mark.parametrize("door", ["MeetingClient", "AsyncMeetingClient", "SigningAuth", "Webhook"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_not_of_secrets_is_refused(name: str, door: str) -> None:
    assert leaks(refusal(lambda: DOORS[door](LISTS[name]())), CANARY) == []


@pytest.mark.parametrize("name", [name for name in LISTS if not name.startswith("empty")])
def test_a_list_that_a_function_returns_is_checked_too(name: str) -> None:
    hook = Webhook(app_secret=lambda key: LISTS[name](), now=lambda: NOW)
    assert leaks(refusal(lambda: hook.parse(BODY, signed(BODY))), CANARY) == []


@pytest.mark.parametrize("name", NO_RESOLVERS)
def test_a_function_that_cannot_return_a_secret_is_refused_when_built(name: str) -> None:
    refusal(lambda: Webhook(app_secret=NO_RESOLVERS[name]()))


def test_a_function_that_returns_a_coroutine_is_refused_when_called() -> None:
    later: dict[str, Any] = {"app_secret": lambda key: found_later(key)}
    hook = Webhook(**later)
    assert "awaitable" in str(refusal(lambda: hook.verify(BODY, signed(BODY))))


@pytest.mark.parametrize("door", ["MeetingClient", "AsyncMeetingClient", "SigningAuth"])
def test_only_callbacks_take_functions(door: str) -> None:
    refusal(lambda: DOORS[door](lambda key: CANARY))
    refusal(lambda: DOORS[door]([CANARY]))


def test_nothing_public_is_ever_a_secret() -> None:
    """What signs with the AppKey, or with any other text that everybody knows, is refused whatever was configured."""
    for hook in (
        Webhook(app_secret={KEY: CANARY}.get, now=lambda: NOW),
        Webhook(app_key=KEY, app_secret=CANARY, now=lambda: NOW),
    ):
        for public in (KEY, "None", "***", ""):
            with pytest.raises(errors.WebhookSignatureError):
                hook.parse(BODY, signed(BODY, secret=public))
        assert hook.parse(BODY, signed(BODY, secret=CANARY))


# -- what is accepted


class Text(str):
    """As Markup and SafeString are."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


@pytest.mark.parametrize("secret", [CANARY, Text(CANARY), SecretStr(CANARY), Reveals(CANARY), Reveals(Text(CANARY))])
def test_text_and_what_hides_text_is_accepted_everywhere(secret: Any) -> None:
    MeetingClient(app_key=KEY, app_secret=secret).close()
    AsyncMeetingClient(app_key=KEY, app_secret=secret)
    SigningAuth(KEY, secret)
    for given in (secret, [secret], ("another", secret), lambda key: secret, lambda key: ["another", secret]):
        hook = Webhook(app_key=KEY, app_secret=given, now=lambda: NOW)
        assert hook.parse(BODY, signed(BODY, secret=CANARY)).app_key == KEY


@pytest.mark.parametrize("found", [None, [], ()])
def test_an_application_that_is_not_known_is_no_fault_of_the_receiver(found: Any) -> None:
    with pytest.raises(errors.WebhookSignatureError):
        Webhook(app_secret=lambda key: found).parse(BODY, signed(BODY))


BAD_KEYS = [
    "",
    " ",
    "a b",
    "key\n",
    "ключ",
    "\ufeffkey",
    "key\u200b",
    '"key"',
    "'key",
    "None",
    b"key",
    5,
    ["key"],
    True,
]


@pytest.mark.parametrize("key", [*BAD_KEYS, SecretStr("key")])
def test_what_is_no_key_is_refused(key: Any) -> None:
    for build in (
        lambda: MeetingClient(app_key=key, app_secret=CANARY),
        lambda: AsyncMeetingClient(app_key=key, app_secret=CANARY),
        lambda: SigningAuth(key, CANARY),
        lambda: Webhook(app_key=key, app_secret=CANARY),
        lambda: Webhook(app_key=key, app_secret=lambda key: CANARY),
    ):
        error = refusal(build)
        assert str(error).startswith("app_key ")
        assert leaks(error, CANARY) == []


# -- files

FILES: dict[str, Callable[[Any], object]] = {
    "MeetingClient": lambda path: MeetingClient(app_key=KEY, app_secret_file=path),
    "AsyncMeetingClient": lambda path: AsyncMeetingClient(app_key=KEY, app_secret_file=path),
    "SigningAuth": lambda path: SigningAuth(KEY, app_secret_file=path),
    "Webhook": lambda path: Webhook(app_key=KEY, app_secret_file=path),
}
CONTENTS = {
    "empty": b"",
    "line break only": b"\n",
    "two line breaks": f"{CANARY}\n\n".encode(),
    "two Windows line breaks": f"{CANARY}\r\n\r\n".encode(),
    "carriage return": f"{CANARY}\r".encode(),
    "space": f"{CANARY} \n".encode(),
    "byte order mark": f"\ufeff{CANARY}\n".encode(),
    "UTF-16": CANARY.encode("utf-16"),
    "not UTF-8": CANARY.encode() + b"\xff",
    "quotes": f'"{CANARY}"\n'.encode(),
    "two lines": f"{CANARY}\n{CANARY}\n".encode(),
    "far too large": CANARY.encode() * 10_000,
    "the app_key": f"{KEY}\n".encode(),
}


@pytest.mark.parametrize("door", FILES)
@pytest.mark.parametrize("name", CONTENTS)
def test_a_file_that_holds_no_secret_is_refused_and_named(name: str, door: str, tmp_path: Path) -> None:
    path = tmp_path / "app_secret"
    path.write_bytes(CONTENTS[name])
    error = refusal(lambda: FILES[door](path))
    assert str(path) in str(error) or name == "the app_key"
    assert leaks(error, CANARY) == []


@pytest.mark.parametrize("door", FILES)
def test_a_file_that_cannot_be_read_is_named(door: str, tmp_path: Path) -> None:
    values: list[Any] = [tmp_path / "missing", tmp_path, "", b"/bytes", 3, True, ["a"], "nul\0"]
    for value in values:
        text = str(refusal(partial(FILES[door], value)))
        assert "app_secret_file" in text
        assert not isinstance(value, Path) or str(value) in text


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("kind", [str, Path])
def test_one_line_break_at_the_end_of_a_file_is_dropped(end: bytes, kind: Callable[[Any], Any], tmp_path: Path) -> None:
    path = tmp_path / "app_secret"
    path.write_bytes(CANARY.encode() + end)
    clients = [build(kind(path)) for build in FILES.values()]
    path.unlink()  # it was read once
    hook = clients[-1]
    assert isinstance(hook, Webhook)
    hook._verifier._now = lambda: NOW
    assert hook.parse(BODY, signed(BODY, secret=CANARY)).app_key == KEY


@pytest.mark.parametrize("door", ["MeetingClient", "AsyncMeetingClient"])
def test_the_environment_names_a_secret_or_its_file(door: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "app_secret"
    path.write_text("sandbox-secret\n")
    kind = MeetingClient if door == "MeetingClient" else AsyncMeetingClient
    variable, file_variable = "NETEASE_MEETING_APP_SECRET", "NETEASE_MEETING_APP_SECRET_FILE"
    monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv(file_variable, raising=False)
    assert file_variable in str(refusal(lambda: kind(app_key="sandbox-key")))
    monkeypatch.setenv(file_variable, str(path))
    monkeypatch.setenv(variable, "")  # as compose files leave it
    kind(app_key="sandbox-key")
    monkeypatch.setenv(variable, CANARY)
    both = refusal(lambda: kind(app_key="sandbox-key"))
    assert variable in str(both)
    assert file_variable in str(both)
    assert leaks(both, CANARY, "sandbox-secret") == []
    kind(app_key="sandbox-key", app_secret="an argument wins")
    kind(app_key="sandbox-key", app_secret_file=path)
    monkeypatch.setenv(variable, f"{CANARY}\n")
    monkeypatch.delenv(file_variable)
    assert leaks(refusal(lambda: kind(app_key="sandbox-key")), CANARY) == []
    monkeypatch.delenv(variable)
    monkeypatch.setenv(file_variable, str(tmp_path / "missing"))
    assert file_variable in str(refusal(lambda: kind(app_key="sandbox-key")))


def test_the_command_line_takes_a_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETEASE_MEETING_APP_KEY", KEY)
    monkeypatch.delenv("NETEASE_MEETING_APP_SECRET", raising=False)
    monkeypatch.setenv("NETEASE_MEETING_APP_SECRET_FILE", str(tmp_path / "missing"))
    assert listen(["listen"]) == 2
    assert str(tmp_path / "missing") in capsys.readouterr().err
    monkeypatch.delenv("NETEASE_MEETING_APP_SECRET_FILE")
    with pytest.raises(SystemExit):
        listen(["listen"])
    assert "NETEASE_MEETING_APP_SECRET_FILE" in capsys.readouterr().err


def test_a_secret_and_a_file_are_refused_together(tmp_path: Path) -> None:
    path = tmp_path / "app_secret"
    path.write_text(CANARY)
    for build in (
        lambda: MeetingClient(app_key=KEY, app_secret=CANARY, app_secret_file=path),
        lambda: AsyncMeetingClient(app_key=KEY, app_secret=CANARY, app_secret_file=path),
        lambda: SigningAuth(KEY, CANARY, app_secret_file=path),
        lambda: Webhook(app_key=KEY, app_secret=CANARY, app_secret_file=path),
    ):
        error = refusal(build)
        assert "both given" in str(error)
        assert leaks(error, CANARY) == []


# -- whoever raises

ODD: Any = 5
MISTAKES: dict[str, Callable[[], object]] = {
    "address of a wrong type": lambda: MeetingClient(app_key=KEY, app_secret=CANARY, base_url=ODD),
    "address": lambda: AsyncMeetingClient(app_key=KEY, app_secret=CANARY, base_url="http://example.com"),
    "timeout": lambda: MeetingClient(app_key=KEY, app_secret=CANARY, timeout=-1),
    "async timeout": lambda: AsyncMeetingClient(app_key=KEY, app_secret=CANARY, timeout=-1),
    "tolerance": lambda: Webhook(app_key=KEY, app_secret=CANARY, tolerance=ODD),
    "no key": lambda: Webhook(app_secret=CANARY),
    "body": lambda: Webhook(app_key=KEY, app_secret=CANARY).parse(ODD, {}),
    "signature": lambda: Webhook(app_key=KEY, app_secret=CANARY, now=lambda: NOW).parse(BODY, signed(BODY)),
    "old": lambda: Webhook(app_key=KEY, app_secret=CANARY, now=lambda: 0).parse(BODY, signed(BODY, secret=CANARY)),
    "foreign": lambda: Webhook(app_secret={"a": CANARY}.__getitem__).parse(BODY, signed(BODY)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_any_other_mistake_shows_no_secret_either(name: str) -> None:
    with pytest.raises((errors.MeetingError, TypeError, AttributeError, KeyError)) as caught:
        MISTAKES[name]()
    assert leaks(caught.value, CANARY) == []


def test_a_forged_callback_is_not_told_the_right_signature() -> None:
    right = signed(BODY)["CheckSum"]
    hook = Webhook(app_key=KEY, app_secret=SECRET, now=lambda: NOW)
    with pytest.raises(errors.WebhookSignatureError) as caught:
        hook.parse(BODY, {**signed(BODY), "CheckSum": "0" * 40})
    assert leaks(caught.value, right, SECRET) == []


class Interrupt(BaseException):
    """Raised amid a request, as Ctrl-C is."""


class Broken:
    """Fails in a way of its own; keeps the signatures it was given."""

    def __init__(self, failure: BaseException) -> None:
        self.failure = failure
        self.signatures: list[str] = []

    def fail(self, headers: Sequence[tuple[bytes, bytes]]) -> Reply:
        names = {b"checksum", b"authorization", b"nonce"}
        self.signatures += [value.decode() for name, value in headers if name.lower() in names]
        raise self.failure


class BrokenTransport(Broken):
    def send(self, url: str, headers: Sequence[tuple[bytes, bytes]], body: bytes, deadline: float) -> Reply:
        return self.fail(headers)

    def close(self) -> None:
        """Nothing to release."""


class AsyncBrokenTransport(Broken):
    async def send(self, url: str, headers: Sequence[tuple[bytes, bytes]], body: bytes, deadline: float) -> Reply:
        return self.fail(headers)

    async def aclose(self) -> None:
        """Nothing to release."""


class BrokenHttpx(httpx.BaseTransport, httpx.AsyncBaseTransport, Broken):
    def __init__(self, failure: BaseException) -> None:
        Broken.__init__(self, failure)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.fail(request.headers.raw)
        raise AssertionError

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.fail(request.headers.raw)
        raise AssertionError


FAILURES = [
    Interrupt(),
    errors.ConfigurationError("no proxy"),
    TransportError("reset"),
    RuntimeError("a bug"),
    httpx.ReadError("reset"),
]
PASSWORD = f"{CANARY}-password" * 20
"""Longer than what shows of a text."""


def join(client: Any) -> Any:
    return client.meetings.anonymous_join_info(
        meeting_id="1", nick_name="n", video=1, audio=1, client_type=6, device_id="d", password=PASSWORD
    )


def failing_through(door: str, failure: BaseException) -> tuple[Callable[[], object], Broken]:
    """Return a call that fails, and what keeps its signatures."""
    client: Any
    broken: Any
    options: dict[str, Any] = {"app_key": KEY, "app_secret": CANARY, "max_retries": 1}
    if door == "transport":
        broken = BrokenTransport(failure)
        client = MeetingClient(**options, transport=broken)
    elif door == "async transport":
        broken = AsyncBrokenTransport(failure)
        client = AsyncMeetingClient(**options, transport=broken)
    elif door == "httpx":
        broken = BrokenHttpx(failure)
        client = MeetingClient(**options, http_client=httpx.Client(transport=broken))
    elif door == "async httpx":
        broken = BrokenHttpx(failure)
        client = AsyncMeetingClient(**options, http_client=httpx.AsyncClient(transport=broken))
    elif door == "SigningAuth":
        broken = BrokenHttpx(failure)
        http = httpx.Client(transport=broken, auth=SigningAuth(KEY, CANARY))
        return lambda: http.post("https://meeting.example/v1/meeting/anonymousJoinInfo", json={}), broken
    else:
        broken = BrokenHttpx(failure)
        shared = httpx.AsyncClient(transport=broken, auth=SigningAuth(KEY, CANARY))
        return lambda: asyncio.run(shared.post("https://meeting.example/v1/account/create", json={})), broken

    async def later() -> None:
        await join(client)

    return (lambda: asyncio.run(later())) if door.startswith("async") else (lambda: join(client)), broken


PATHS = ["transport", "async transport", "httpx", "async httpx", "SigningAuth", "async SigningAuth"]


@pytest.mark.parametrize("door", PATHS)
@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_request_that_fails_shows_neither_signature_nor_secret(failure: BaseException, door: str) -> None:
    call, broken = failing_through(door, failure)
    with pytest.raises((Interrupt, errors.MeetingError, RuntimeError, httpx.ReadError)) as caught:
        call()
    assert broken.signatures
    assert leaks(caught.value, *broken.signatures, inside=False) == []
    # The public method's own arguments are the caller's: they are in the caller's frame too.
    inner = [place for place in leaks(caught.value, CANARY, inside=False) if "anonymous_join_info" not in place]
    assert inner == []


def test_what_rich_and_sentry_would_look_into_shows_nothing() -> None:
    """rich shows the fields of a Struct and the beginning of a long text, whatever their ``repr``; sentry, items."""
    canary = CANARY.encode()
    header = (b"CheckSum", canary)
    for value in (
        Material(b"key", canary, b"1", b"1", b"1", b""),
        Opaque(canary * 20),
        SignedHeaders([header]),
        Send("https://host/", SignedHeaders([header]), Opaque(canary), 1.0),
        Reply(200, [header], canary * 20),
        Proxy("http://host", ("user", CANARY)),
        Secret(CANARY),
        Sealed((Secret(CANARY),)),
    ):
        shown = repr(value) + pretty_repr(value, max_string=80) + pprint.pformat(value) + as_sentry(value)
        assert CANARY not in shown


PROXIES = [
    f"gopher://user:{CANARY}@127.0.0.1:1",
    f"http://user:{CANARY}@127.0.0.1:port",
    f"http://user:{CANARY}@127.0.0.1:99999",
    f"http://user:{CANARY}@127.0.0.1:1",
    f"socks5://user:{CANARY}@127.0.0.1:1",
]


@pytest.mark.parametrize("proxy", PROXIES)
@pytest.mark.parametrize("door", ["default", "async default", "turbo"])
def test_the_password_of_a_proxy_is_not_shown(door: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    options: dict[str, Any] = {"app_key": KEY, "app_secret": "other", "base_url": "https://meeting.invalid"}

    async def later() -> None:
        async with AsyncMeetingClient(**options, max_retries=0) as client:
            await client.meetings.get(meeting_unique_id=1)

    def now() -> None:
        transport = TurboTransport() if door == "turbo" else None
        with MeetingClient(**options, transport=transport, max_retries=0) as client:
            client.meetings.get(meeting_unique_id=1)

    with pytest.raises(errors.MeetingError) as caught:
        asyncio.run(later()) if door == "async default" else now()
    assert leaks(caught.value, CANARY, inside=False) == []


@pytest.mark.parametrize("kind", [MeetingClient, AsyncMeetingClient])
@pytest.mark.parametrize("url", [f"https://user:{CANARY}@host", f"https://user:{CANARY}@host:port", f"//{CANARY}@"])
def test_the_password_of_an_address_is_not_shown(kind: Callable[..., object], url: str) -> None:
    error = refusal(lambda: kind(app_key=KEY, app_secret="other", base_url=url))
    assert leaks(error, CANARY) == []


def found_by(make: Callable[[], Any], app_key: str) -> Any:
    return make()


def test_an_adapter_answers_503_and_logs_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """The traceback that it logs is what an error tracker takes the variables from."""
    environ = {f"HTTP_{name.upper()}": value for name, value in signed(BODY).items()}
    environ |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(BODY))}
    statuses: list[str] = []
    for make in REFUSED.values():
        app = wsgi.CallbackApp(Webhook(app_secret=partial(found_by, make), now=lambda: NOW).handle)
        app({**environ, "wsgi.input": BytesIO(BODY)}, lambda status, headers: statuses.append(status))
    assert statuses == ["503 Service Unavailable"] * len(REFUSED)
    assert len(caplog.records) == len(REFUSED)
    assert CANARY not in caplog.text
    for record in caplog.records:
        assert record.exc_info is not None
        assert record.exc_info[1] is not None
        assert leaks(record.exc_info[1], CANARY) == []


def test_what_holds_a_secret_is_neither_copied_nor_pickled() -> None:
    for holder in (Webhook(app_key=KEY, app_secret=CANARY), SigningAuth(KEY, CANARY)):
        with pytest.raises(TypeError):
            pickle.dumps(holder)
        with pytest.raises(TypeError):
            copy.deepcopy(holder)

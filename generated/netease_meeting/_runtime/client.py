# Copied from generator/runtime/_runtime/client.py by `make generate`. Edit it there.
"""What a client is apart from its resources: configuration, options, life cycle, the signed escape hatch."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn

import msgspec

from . import encoding
from .attempt import OnAttempt
from .clock import Clock
from .codec import Codec
from .core import AnyTransport, Core, run, run_async
from .credentials import AppSecret, Sealed, SecretFile, check_app_key, seal
from .errors import ArgumentError, ConfigurationError
from .flow import Session
from .gateways import Gateways
from .httpx_transport import AsyncHttpxTransport, HttpClient, HttpxTransport
from .operation import Contract, Operation
from .retry import Budget
from .signing import Signer
from .transport import AsyncTransport, Transport
from .urls import check_base_urls

if TYPE_CHECKING:
    from typing import Self

    from .pace import Pace

DEFAULT_TIMEOUT = 30.0
DEFAULT_RETRIES = 2

_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")  # no dot segments: they would be resolved away


class BaseClient(Generic[AnyTransport]):
    """Configuration, options and life cycle. The generated clients add the resources."""

    _contract: ClassVar[Contract]
    _core: Core[AnyTransport]
    _app_key: str

    def _session(
        self,
        app_key: str | None,
        app_secret: Sealed,
        base_url: str | Sequence[str] | None,
        insecure: bool,
        on_attempt: OnAttempt | None,
        rate: float | Literal["adaptive"] | None,
    ) -> Session:
        contract = self._contract
        self._app_key = _app_key(contract, app_key)
        if base_url is None or base_url == "":
            base_url = os.environ.get(f"{contract.environment}_BASE_URL") or contract.base_url
        return Session(
            contract=contract,
            codec=Codec(contract),
            signer=Signer(self._app_key, app_secret),
            clock=Clock(),
            budget=Budget(),
            gateways=Gateways(check_base_urls(base_url, insecure)),
            headers=(
                (b"content-type", contract.media_type.encode()),
                (b"accept", b"application/json"),
                (b"user-agent", contract.user_agent.encode()),
            ),
            on_attempt=on_attempt,
            pace=None if rate is None else _pace(rate),
        )

    def with_options(self, *, timeout: float | None = None, max_retries: int | None = None) -> Self:
        """Return a client with other defaults that shares this one's connections; closing either closes both."""
        core = self._core
        return self._with(
            msgspec.structs.replace(
                core,
                timeout=core.timeout if timeout is None else timeout,
                max_retries=core.max_retries if max_retries is None else max_retries,
            )
        )

    def _with(self, core: Core[AnyTransport]) -> Self:
        other = object.__new__(type(self))
        other._app_key = self._app_key
        other._core = core
        return other

    @property
    def clock_offset(self) -> float:
        """Seconds to add to the local clock to get the server's, as far as it had to be learned."""
        return self._core.session.clock.offset

    def __repr__(self) -> str:
        if not hasattr(self, "_core"):
            return f"<{type(self).__name__} that could not be built>"  # a traceback shows it with its variables
        base_url = ", ".join(self._core.session.gateways.urls)
        return f"{type(self).__name__}(base_url={base_url!r}, app_key={self._app_key[:4] + '…'!r}, app_secret=***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} holds a secret and connections and is not pickled or copied: "
            "create another, or use with_options()"
        )


class Client(BaseClient[Transport]):
    """The synchronous half of ``MeetingClient``."""

    def __init__(
        self,
        *,
        app_key: str | None = None,
        app_secret: AppSecret | None = None,
        app_secret_file: SecretFile | None = None,
        base_url: str | Sequence[str] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        rate: float | Literal["adaptive"] | None = None,
        insecure: bool = False,
        on_attempt: OnAttempt | None = None,
        http_client: HttpClient | None = None,
        transport: Transport | None = None,
    ) -> None:
        """Build a client; nothing is sent yet.

        Args:
            app_key: The application's key. Left out: ``NETEASE_MEETING_APP_KEY``.
            app_secret: Its secret, used exactly as given. Left out: ``NETEASE_MEETING_APP_SECRET``.
            app_secret_file: A file with the secret instead, read once, now. One line break at its end is dropped. Left
                out: ``NETEASE_MEETING_APP_SECRET_FILE``.
            base_url: The gateway, or several: another one is tried when one cannot be reached. Left out:
                ``NETEASE_MEETING_BASE_URL``, else the vendor's.
            timeout: Seconds for a whole call: connecting, waiting, retries and reading.
            max_retries: How often a call is tried again where the contract says that this is safe.
            rate: The most requests a second of all threads, tasks and copies together, or ``"adaptive"`` for as many as
                the gateway allows. Waiting counts toward ``timeout``. A request refused for its rate waits again.
            insecure: Allow ``http://`` to other machines. Signatures do not cover the body: only on your own network.
            on_attempt: Called with an ``Attempt`` after each request, for metrics and traces.
            http_client: An ``httpx.Client`` or ``httpx2.Client`` to send through. It stays yours to close.
            transport: Sends the requests instead: see ``netease_meeting.Transport``.

        Raises:
            ConfigurationError: A key is missing or cannot be sent, or the address is not safe.
        """
        secret = seal(app_secret, app_secret_file, environment=self._contract.environment)
        del app_secret  # tracebacks are logged with their variables
        try:
            session = self._session(app_key, secret, base_url, insecure, on_attempt, rate)
        except ConfigurationError as error:
            del base_url  # a password may stand in it
            error.__context__ = None
            raise error.with_traceback(None) from None
        transport = _transport(transport, http_client)
        self._core = Core(session, transport, timeout, max_retries)

    def post(
        self, path: str, body: Mapping[str, Any], *, timeout: float | None = None, max_retries: int | None = None
    ) -> Any:
        """Send a signed request to a path newer than this package and return what is in the answer's data field.

        Errors are those of every other method. It is never repeated once the server may have seen it.
        """
        operation = _free_operation(self._contract, path)
        encoded = encoding.encode_free(operation.name, body)
        return run(self._core.transport, self._core.flow(operation, encoded, (), timeout, max_retries)).parse()

    def close(self) -> None:
        """Release every connection. Calls after this raise ``ClientClosedError``."""
        self._core.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class AsyncClient(BaseClient[AsyncTransport]):
    """The asynchronous half of ``AsyncMeetingClient``."""

    def __init__(
        self,
        *,
        app_key: str | None = None,
        app_secret: AppSecret | None = None,
        app_secret_file: SecretFile | None = None,
        base_url: str | Sequence[str] | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        max_retries: int = DEFAULT_RETRIES,
        rate: float | Literal["adaptive"] | None = None,
        insecure: bool = False,
        on_attempt: OnAttempt | None = None,
        http_client: HttpClient | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        """Build a client; the arguments and errors are those of ``MeetingClient``."""
        secret = seal(app_secret, app_secret_file, environment=self._contract.environment)
        del app_secret  # tracebacks are logged with their variables
        try:
            session = self._session(app_key, secret, base_url, insecure, on_attempt, rate)
        except ConfigurationError as error:
            del base_url  # a password may stand in it
            error.__context__ = None
            raise error.with_traceback(None) from None
        transport = _async_transport(transport, http_client)
        self._core = Core(session, transport, timeout, max_retries)

    async def post(
        self, path: str, body: Mapping[str, Any], *, timeout: float | None = None, max_retries: int | None = None
    ) -> Any:
        """Send a signed request to a path newer than this package; see ``MeetingClient.post``."""
        operation = _free_operation(self._contract, path)
        encoded = encoding.encode_free(operation.name, body)
        return (
            await run_async(self._core.transport, self._core.flow(operation, encoded, (), timeout, max_retries))
        ).parse()

    async def aclose(self) -> None:
        """Release every connection. Calls after this raise ``ClientClosedError``."""
        await self._core.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()


def _free_operation(contract: Contract, path: object) -> Operation[Any]:
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise ArgumentError(f"path must look like /v2/meeting/get, not {path!r}.")
    path = str.__str__(path)
    return Operation(
        name=f"post {path}",
        path=path,
        result=Any,
        repeat="never",
        schemes=contract.schemes,
        sensitive=contract.sensitive,
    )


def _app_key(contract: Contract, given: str | None) -> str:
    variable = f"{contract.environment}_APP_KEY"
    app_key = os.environ.get(variable) if given is None else given
    if app_key is None or app_key == "":
        raise ConfigurationError(f"app_key is missing: pass app_key= or set {variable}.")
    return check_app_key(app_key)


def _pace(rate: float | Literal["adaptive"]) -> Pace:
    from .pace import Pace  # few use it

    return Pace(rate)


def _transport(transport: Transport | None, http_client: HttpClient | None) -> Transport:
    if transport is None and http_client is None:
        from .httpcore_transport import HttpcoreTransport  # slow to import; a call's deadline does not pay for it

        return HttpcoreTransport()
    from . import injected

    if transport is None:
        injected.check_http_client(http_client, asynchronous=False)
        assert http_client is not None
        return HttpxTransport(http_client)
    injected.check_transport(transport, asynchronous=False)
    _check_one(http_client)
    return transport


def _async_transport(transport: AsyncTransport | None, http_client: HttpClient | None) -> AsyncTransport:
    if transport is None and http_client is None:
        from .async_httpcore_transport import AsyncHttpcoreTransport

        return AsyncHttpcoreTransport()
    from . import injected

    if transport is None:
        injected.check_http_client(http_client, asynchronous=True)
        assert http_client is not None
        return AsyncHttpxTransport(http_client)
    injected.check_transport(transport, asynchronous=True)
    _check_one(http_client)
    return transport


def _check_one(http_client: HttpClient | None) -> None:
    if http_client is not None:
        raise ConfigurationError("pass transport= or http_client=, not both: one of them would not be used.")

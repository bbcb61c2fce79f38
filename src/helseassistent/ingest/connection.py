"""One HTTP exchange over a connection to an address that was checked, within one limit of time for all of it."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore

from helseassistent.ingest.addresses import Address
from helseassistent.ingest.pace import Deadline

_PIECE = 16_384  # bytes; what a server sends is taken apart between two looks at the clock
_CONNECT = 10.0  # seconds for one number; the next one is tried after that


class ExchangeError(Exception):
    """No whole response came; the message says why, in Norwegian."""


@dataclass(frozen=True, slots=True)
class Received:
    """The head of a response and its body, which comes as it is read."""

    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case
    chunks: Iterable[bytes]  # as sent, still packed

    def header(self, name: str) -> str | None:
        """The first value under `name`, if any."""
        return next((value for key, value in self.headers if key == name), None)


@contextmanager
def exchange(
    address: Address,
    *,
    numbers: tuple[str, ...],
    headers: tuple[tuple[str, str], ...],
    trust: ssl.SSLContext,
    deadline: Deadline,
) -> Iterator[Received]:
    """GET `address` from the first of `numbers` that lets us connect; the certificate is checked for the name.

    Raises:
        ExchangeError: where no connection comes about, it breaks, or the deadline passes; also while the body is read.
    """
    origin = httpcore.Origin(address.scheme.encode(), address.host.encode(), address.port)
    url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=address.target.encode())
    request = httpcore.Request("GET", url, headers=[("Host", address.site), *headers])
    backend = _Pinned(numbers=numbers, deadline=deadline)
    try:
        with httpcore.HTTPConnection(origin, ssl_context=trust, network_backend=backend) as connection:
            response = connection.handle_request(request)
            try:
                yield Received(response.status, _decoded(response.headers), response.iter_stream())
            finally:
                response.close()
    except httpcore.TimeoutException as error:
        raise ExchangeError("Siden var ikke ferdig hentet innen fristen.") from error
    except httpcore.NetworkError as error:
        raise ExchangeError(_network_trouble(error)) from error
    except httpcore.ProtocolError as error:
        raise ExchangeError("Tjeneren brøt forbindelsen eller sendte noe som ikke er et helt svar.") from error


def trusted(authorities: str | None) -> ssl.SSLContext:
    """The certificates to trust: those of the file, or the usual ones; names and dates are always checked."""
    return ssl.create_default_context(cafile=authorities) if authorities else httpcore.default_ssl_context()


class _Pinned(httpcore.NetworkBackend):
    """Connects to the numbers that were checked, whatever the name means by now."""

    def __init__(self, *, numbers: tuple[str, ...], deadline: Deadline) -> None:
        self._numbers = numbers
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to the first number that answers."""
        failure: Exception = httpcore.ConnectError(host)
        for number in self._numbers[:4]:
            try:
                stream = self._sockets.connect_tcp(number, port, timeout=min(_CONNECT, _left(self._deadline)))
                return _Timed(stream, deadline=self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    """A stream whose every read and write ends at the deadline, however slowly the bytes come."""

    def __init__(self, stream: httpcore.NetworkStream, *, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at most `max_bytes`."""
        return self._stream.read(min(max_bytes, _PIECE), timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted, with the other side's certificate checked."""
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._deadline))
        return _Timed(secured, deadline=self._deadline)

    def get_extra_info(self, info: str) -> object:
        """What httpcore asks for about the connection."""
        return self._stream.get_extra_info(info)


def _left(deadline: Deadline) -> float:
    """Seconds left; a socket takes 0 for "do not wait", so none left is an error here."""
    if (seconds := deadline.left()) <= 0:
        raise httpcore.ReadTimeout("deadline")
    return seconds


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)


def _network_trouble(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"Sertifikatet til nettstedet er ikke gyldig ({cause.verify_message})."
        if isinstance(cause, ssl.SSLError):
            return "Fikk ikke en sikker forbindelse (TLS) med nettstedet."
        cause = cause.__cause__ or cause.__context__
    return "Fikk ikke forbindelse med nettstedet, eller den ble brutt."

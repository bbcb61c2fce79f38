"""The door to language models: any OpenAI-compatible server through LlamaIndex, within a time and a size.

A draft is streamed on one event loop of its own, begun with the first question, so that a server that drips, floods or
hangs can be cut off to the moment.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from helseassistent.answer.circuit import Circuit
from helseassistent.faults import fault

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

MISSING = "Språkmodellen trenger et tillegg som ikke er installert: pip install 'helseassistent[llm]'."
_LOG = logging.getLogger(__name__)
_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})  # may go better in a moment
_OTHERWISE = frozenset({400, 404, 415, 422, 501})  # may go better without the schema
_PAUSE = 0.2  # seconds before the other try
_OPENED: ContextVar[list[httpx.AsyncHTTPTransport]] = ContextVar("opened")  # by the draft under way
Trouble: TypeAlias = Literal["unreachable", "slow", "refused", "garbage", "resting"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the model."""

    role: Literal["system", "user"]
    text: str


@dataclass(frozen=True, slots=True)
class Server:
    """Where the model is and what is allowed; the key is left out wherever this is shown."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = 20.0  # for one question, both tries together
    connect: float = 5.0  # seconds
    pause: float = 10.0  # seconds between two pieces
    tokens: int = 900
    characters: int = 8_000  # of a draft
    octets: int = 1_000_000  # of a response


class ModelError(Exception):
    """There is no draft, or no more of it; `trouble` says why, and nothing that the server wrote is in it."""

    def __init__(self, trouble: Trouble, *, status: int | None = None) -> None:
        super().__init__(f"{trouble} {status}" if status else trouble)
        self.trouble = trouble
        self.status = status


class LanguageModel:
    """Streams drafts from one server; threads may share it."""

    def __init__(self, server: Server, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.server = server
        self.circuit = Circuit(clock=clock)
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._llm = llama_index_llm(server)  # now, so that no question waits for the import
        self._takes_schema = True
        self._closing: set[asyncio.Task[None]] = set()

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, object], share: float = 1.0
    ) -> Generator[str, None, None]:
        """The pieces of a draft as they come; `schema` is for servers that can be held to one.

        `share` is how much of the server's time it may take.

        Raises: ModelError, at the latest when the time of the server is up.
        """
        if not self.circuit.lets_through():
            raise ModelError("resting")
        until = time.monotonic() + share * self.server.seconds
        pieces: SimpleQueue[str | ModelError | None] = SimpleQueue()
        future = asyncio.run_coroutine_threadsafe(self._draft(messages, schema, pieces.put), self._running())
        try:
            yield from self._received(pieces, until)
        except ModelError as error:
            self.circuit.failed()
            _LOG.warning("språkmodellen ga ikke noe utkast: %s. %s", error, _MEND.get(error.status or 0, ""))
            raise
        else:
            self.circuit.succeeded()
        finally:
            future.cancel()

    def _received(self, pieces: SimpleQueue[str | ModelError | None], until: float) -> Iterator[str]:
        length = 0
        while True:
            try:
                piece = pieces.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                raise ModelError("slow") from None
            if piece is None:
                return
            if isinstance(piece, ModelError):
                raise piece
            length += len(piece)
            if length > self.server.characters:
                raise ModelError("garbage")
            yield piece

    async def _draft(
        self, messages: Sequence[Message], schema: Mapping[str, object], put: Callable[[str | ModelError | None], None]
    ) -> None:
        """Put every piece, then None, or what went wrong; tried once more only if nothing has come yet."""
        for last in (False, True):
            begun = False
            try:
                async with asyncio.timeout(self.server.seconds):
                    async for piece in self._pieces(messages, schema):
                        begun = True
                        put(piece)
                        # A server that floods would hold up the drafts of others, and its own end.
                        await asyncio.sleep(0)
                put(None if begun else ModelError("garbage"))
                return
            except Exception as error:  # noqa: BLE001 - a server can send anything, and libraries trip over it
                trouble = _trouble(error)
                if trouble.trouble == "garbage":  # also what is wrong in this program ends here
                    _LOG.warning("et utkast kunne ikke leses: %s", fault(error))
                if last or begun or not self._worth_another(trouble):
                    put(trouble)
                    return
            await asyncio.sleep(_PAUSE)

    def _worth_another(self, trouble: ModelError) -> bool:
        if trouble.status in _OTHERWISE and self._takes_schema:
            self._takes_schema = False
            return True
        return trouble.trouble == "unreachable" or trouble.status in _AGAIN

    async def _pieces(self, messages: Sequence[Message], schema: Mapping[str, object]) -> AsyncIterator[str]:
        from llama_index.core.llms import ChatMessage

        held: dict[str, Any] = {"response_format": schema} if self._takes_schema else {}
        chat = [ChatMessage(role=message.role, content=message.text) for message in messages]
        opened: list[httpx.AsyncHTTPTransport] = []
        _OPENED.set(opened)
        try:
            async for part in await self._llm.astream_chat(chat, **held):
                if part.delta:
                    yield part.delta
        finally:
            for transport in opened:
                self._close(transport)

    def _close(self, transport: httpx.AsyncHTTPTransport) -> None:
        """Close it in a task of its own: a draft that is cut off while it closes would leave the connection open."""
        task = asyncio.get_running_loop().create_task(transport.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="språkmodell", daemon=True).start()
            return self._loop


_MEND = {
    400: "Sjekk llm_model.",
    401: "Sjekk llm_key.",
    403: "Sjekk llm_key.",
    404: "Sjekk llm_url og llm_model.",
    429: "Serveren sier at det spørres for ofte.",
}


def llama_index_llm(server: Server) -> LLM:
    """The server as one of LlamaIndex's language models, for use on one event loop."""
    import openai.resources.chat.completions  # noqa: F401 - openai brings it in with the first question otherwise
    from llama_index.llms.openai_like import OpenAILike

    own_client: dict[str, Any] = {"async_http_client": _client(server)}  # OpenAILike's signature does not tell of it
    return OpenAILike(
        model=server.model,
        api_base=server.url,
        api_key=server.key or "none",
        is_chat_model=True,
        temperature=0.0,
        max_tokens=server.tokens,
        max_retries=0,
        timeout=server.seconds,
        **own_client,
    )


def _client(server: Server) -> httpx.AsyncClient:
    """A client that follows no redirect, asks no proxy of the environment, and takes only so much, unpacked.

    Every request has a connection of its own: one kept for the next question may be closed by then.
    """
    import httpx

    class Counted(httpx.AsyncByteStream):
        def __init__(self, stream: httpx.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = server.octets
            async for octets in self._stream:
                left -= len(octets)
                if left < 0:
                    raise httpx.ReadError("too much")
                yield octets

        async def aclose(self) -> None:
            await self._stream.aclose()

    class Bounded(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["Accept-Encoding"] = "identity"
            transport = httpx.AsyncHTTPTransport(verify=trusted, limits=httpx.Limits(max_keepalive_connections=0))
            _OPENED.get([]).append(transport)
            response = await transport.handle_async_request(request)
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise httpx.DecodingError("packed")
            if isinstance(response.stream, httpx.AsyncByteStream):
                response.stream = Counted(response.stream)
            return response

    trusted = httpx.create_ssl_context()
    timeout = httpx.Timeout(server.pause, connect=server.connect)
    return httpx.AsyncClient(transport=Bounded(), timeout=timeout, follow_redirects=False, trust_env=False)


def _trouble(error: Exception) -> ModelError:
    import openai

    if isinstance(error, openai.APIStatusError):
        return ModelError("refused", status=error.status_code)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return ModelError("slow")
    if isinstance(error, openai.APIConnectionError):
        return ModelError("unreachable")
    return ModelError("garbage")

"""Compressed bodies, unpacked a piece at a time so that a bomb stops at the limit."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterable, Iterator

import brotli

ENCODINGS = "gzip, deflate, br"  # what we tell servers that we take
_PIECE = 65_536
_AUTOMATIC = zlib.MAX_WBITS | 32  # gzip or zlib, by the first bytes
_RAW = -zlib.MAX_WBITS


class BrokenBodyError(Exception):
    """A body cannot be unpacked, or ends before it is whole; the message is Norwegian."""


class TooLargeError(Exception):
    """A body is larger than the limit."""


def unpack(chunks: Iterable[bytes], *, encoding: str, limit: int) -> bytes:
    """The whole body; never holds more than a piece above `limit` bytes.

    Raises:
        BrokenBodyError: where the bytes are not what `encoding` says, or stop too early.
        TooLargeError: as soon as more than `limit` bytes have come, packed or unpacked.
    """
    pieces: list[bytes] = []
    length = 0
    for piece in _unpacked(_within(chunks, limit=limit), encoding=encoding.strip().lower()):
        length += len(piece)
        if length > limit:
            raise TooLargeError
        pieces.append(piece)
    return b"".join(pieces)


def _within(chunks: Iterable[bytes], *, limit: int) -> Iterator[bytes]:
    packed = 0
    for chunk in chunks:
        packed += len(chunk)
        if packed > limit:
            raise TooLargeError
        yield chunk


def _unpacked(chunks: Iterator[bytes], *, encoding: str) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        return chunks
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _inflate(chunks)
    if encoding == "br":
        return _unbrotli(chunks)
    raise BrokenBodyError(f"Siden er pakket på en måte som ikke støttes ({encoding[:40]}).")


def _inflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    while len(head) < 2 and (chunk := next(chunks, b"")):
        head += chunk
    engine = zlib.decompressobj(_AUTOMATIC if _has_header(head) else _RAW)
    for chunk in itertools.chain((head,) if head else (), chunks):
        waiting = chunk
        while waiting:
            if engine.eof:  # one more gzip member, or padding that nobody reads
                if not b"\x1f\x8b".startswith(waiting[:2]):
                    break
                engine = zlib.decompressobj(_AUTOMATIC)
            piece = _inflated(engine, waiting)
            yield piece
            while len(piece) == _PIECE and not engine.eof and not engine.unconsumed_tail:
                yield (piece := _inflated(engine, b""))  # what it holds though all its input is taken
            waiting = engine.unused_data if engine.eof else engine.unconsumed_tail
    if head and not engine.eof:
        raise BrokenBodyError("Siden er pakket, og slutten av pakken mangler.")


def _has_header(head: bytes) -> bool:
    """Whether it is gzip or zlib; some servers send "deflate" without its header."""
    return head.startswith(b"\x1f\x8b") or (len(head) > 1 and head[0] & 15 == 8 and int.from_bytes(head[:2]) % 31 == 0)


def _inflated(engine: zlib._Decompress, packed: bytes) -> bytes:
    try:
        return engine.decompress(packed, _PIECE)
    except zlib.error as error:
        raise BrokenBodyError("Siden er pakket, og pakken er ødelagt.") from error


def _unbrotli(chunks: Iterator[bytes]) -> Iterator[bytes]:
    engine, begun = brotli.Decompressor(), False
    for chunk in chunks:
        begun = begun or bool(chunk)
        waiting = chunk
        while not engine.is_finished():
            try:
                piece = engine.process(waiting, output_buffer_limit=_PIECE)
            except brotli.error as error:
                raise BrokenBodyError("Siden er pakket, og pakken er ødelagt.") from error
            if not piece and engine.can_accept_more_data():
                break
            waiting = b""
            yield piece
    if begun and not engine.is_finished():
        raise BrokenBodyError("Siden er pakket, og slutten av pakken mangler.")

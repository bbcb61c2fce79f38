"""Rows B4 and B5: packed bodies come back whole or not at all, and bombs stop at the limit."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest

from helseassistent.ingest.unpack import BrokenBodyError, TooLargeError, unpack

BODY = os.urandom(4_000) + "æøå ".encode() * 12_000
LIMIT = 10_000_000


def raw_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


def two_members(body: bytes) -> bytes:
    return gzip.compress(body[:1_000]) + gzip.compress(body[1_000:]) + b"\0" * 10


def in_chunks(body: bytes, *, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


PACKED: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("GZIP ", gzip.compress),
    ("gzip", two_members),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("", bytes),
    ("identity", bytes),
]


@pytest.mark.parametrize("size", [1, 7, 1_000, 65_536, 10_000_000])
@pytest.mark.parametrize(("encoding", "pack"), PACKED)
def test_a_packed_body_comes_back_as_it_was(encoding: str, pack: Callable[[bytes], bytes], size: int) -> None:
    assert unpack(in_chunks(pack(BODY), size=size), encoding=encoding, limit=LIMIT) == BODY
    assert unpack(in_chunks(pack(BODY), size=size), encoding=encoding, limit=len(BODY)) == BODY


@pytest.mark.parametrize(("encoding", "pack"), PACKED[:7])
def test_a_packed_body_that_is_cut_is_no_body(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    """Row C15."""
    packed = pack(BODY).rstrip(b"\0")
    for cut in (1, 9, len(packed) // 2):
        with pytest.raises(BrokenBodyError, match=r"mangler|ødelagt"):
            unpack(in_chunks(packed[:-cut], size=500), encoding=encoding, limit=LIMIT)


@pytest.mark.parametrize(("encoding", "pack"), [*PACKED[:2], *PACKED[3:7]])
def test_an_empty_body_is_empty(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert unpack([], encoding=encoding, limit=LIMIT) == b""
    assert unpack([pack(b"")], encoding=encoding, limit=LIMIT) == b""


@pytest.mark.parametrize("encoding", ["zstd", "compress", "gzip, gzip", "br, gzip", "gzip, identity", "tull"])
def test_packings_that_we_did_not_ask_for_are_refused(encoding: str) -> None:
    """Row B5: a body packed twice may grow a thousand times a thousand."""
    with pytest.raises(BrokenBodyError, match="ikke støttes"):
        unpack([gzip.compress(gzip.compress(BODY))], encoding=encoding, limit=LIMIT)


@pytest.mark.parametrize(("encoding", "pack"), [PACKED[0], PACKED[4], PACKED[5], PACKED[6], PACKED[8]])
def test_more_than_the_limit_stops(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TooLargeError):
        unpack(in_chunks(pack(BODY), size=1_000), encoding=encoding, limit=len(BODY) - 1)


BOMB = """
import pathlib, re, time, zlib
from helseassistent.ingest.unpack import TooLargeError, unpack
engine = zlib.compressobj(9, wbits=-15)
mebibyte = engine.compress(bytes(1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
packed = bytes.fromhex("1f8b08000000000000ff") + mebibyte * 1_024
began = time.process_time()
try:
    unpack((packed[start : start + 65_536] for start in range(0, len(packed), 65_536)), encoding="gzip", limit=10**7)
except TooLargeError:
    peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
    print(len(packed), peak, time.process_time() - began)
"""


def test_a_gibibyte_in_a_megabyte_stops_early() -> None:
    """Row B4: less than 2 s and less than 200 MB of memory, with Python and the bomb in it."""
    done = subprocess.run([sys.executable, "-c", BOMB], capture_output=True, text=True, check=True, timeout=60)
    packed, kilobytes, seconds = map(float, done.stdout.split())
    assert packed < 1_100_000
    assert kilobytes < 200_000
    assert seconds < 2


def test_a_bomb_of_each_kind_costs_little_time() -> None:
    """Rows B4 and B5, measured in processor time."""
    plain = bytes(50_000_000)
    for encoding, packed in (
        ("gzip", gzip.compress(plain, 1)),
        ("deflate", zlib.compress(plain, 1)),
        ("br", brotli.compress(plain, quality=1)),
    ):
        started = time.process_time()
        with pytest.raises(TooLargeError):
            unpack(in_chunks(packed, size=65_536), encoding=encoding, limit=LIMIT)
        assert time.process_time() - started < 2

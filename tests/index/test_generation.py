"""Opening a generation: damage is seen before anything is answered from it, and the message says what to type."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from fakes import HashingEncoder, corpus
from helseassistent.errors import BrokenIndexError
from helseassistent.index.build import build
from helseassistent.index.generation import current_id, open_generation
from helseassistent.index.manifest import CURRENT, MANIFEST

COMMAND = "helseassistent index"
FLIPS = 60


@pytest.fixture
def index(shipped_index: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(shipped_index, tmp_path / "index"))


def refusal(index: Path, fingerprint: str | None = None) -> str:
    with pytest.raises(BrokenIndexError) as caught:
        open_generation(index, fingerprint=fingerprint)
    message = str(caught.value)
    assert COMMAND in message
    assert "\n" not in message
    return message


def files_of(index: Path) -> list[Path]:
    return [index / CURRENT, *sorted(path for path in (index / current_id(index)).rglob("*") if path.is_file())]


def test_a_whole_index_opens(index: Path) -> None:
    assert open_generation(index, fingerprint=HashingEncoder().fingerprint).passages


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_file_is_seen(share: float, index: Path) -> None:
    for path in files_of(index):
        whole = path.read_bytes()
        path.write_bytes(whole[: min(int(len(whole) * share), len(whole) - 1)])
        assert path.name in (message := refusal(index)) or path.name in (MANIFEST, CURRENT), message
        path.write_bytes(whole)


def test_a_flipped_bit_in_any_file_is_seen(index: Path) -> None:
    files = files_of(index)
    chance = random.Random(113)
    for number in range(FLIPS):
        path = files[number % len(files)]
        whole = path.read_bytes()
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        refusal(index)
        path.write_bytes(whole)


def test_a_missing_file_is_seen(index: Path) -> None:
    for path in files_of(index):
        whole = path.read_bytes()
        path.unlink()
        refusal(index)
        path.write_bytes(whole)


def test_zeros_in_place_of_a_file_are_seen(index: Path) -> None:
    for path in files_of(index):
        whole = path.read_bytes()
        path.write_bytes(bytes(len(whole)))
        refusal(index)
        path.write_bytes(whole)


@pytest.mark.parametrize("content", [b"", b"..", b"/etc", b"finnesikke", b"\xe6", b"a b"])
def test_a_pointer_to_nowhere_is_seen(content: bytes, index: Path) -> None:
    (index / CURRENT).write_bytes(content)
    refusal(index)


def test_no_index_at_all_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    assert "ikke bygget" in refusal(tmp_path)
    assert "ikke bygget" in refusal(tmp_path / "finnes-ikke")


def test_another_encoder_is_refused_with_both_names(index: Path) -> None:
    one, other = HashingEncoder("a").fingerprint, HashingEncoder("b").fingerprint
    message = refusal(index, fingerprint=other)
    assert one[:12] in message
    assert other[:12] in message
    assert "shipped" in message


@pytest.mark.parametrize(("field", "value"), [("format", 2), ("format", None), ("analyser", "0"), ("pages", 99)])
def test_another_version_or_a_changed_manifest_is_refused(field: str, value: object, index: Path) -> None:
    path = index / current_id(index) / MANIFEST
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(fields | {field: value}), encoding="utf-8")
    refusal(index)


@pytest.mark.parametrize("content", [b"[]", b"null", b"{}", b"\xff", b'{"digest": 1}', b"[" * 100_000])
def test_a_manifest_of_another_kind_is_refused(content: bytes, index: Path) -> None:
    (index / current_id(index) / MANIFEST).write_bytes(content)
    refusal(index)


def test_pages_come_back_as_they_went_in(tmp_path: Path) -> None:
    pages = corpus(a="# A\r\n\r\nRing\u00a0nå.\r\n\u2028\x0c\x00😀 « » \x85 slutt", b="Ring.").pages
    build(
        corpus(**{file.removesuffix(".md"): page.body for file, page in pages.items()}),
        tmp_path,
        encoder=HashingEncoder(),
    )
    assert open_generation(tmp_path).pages == pages

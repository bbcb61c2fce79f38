"""A crash, or a full disk, at any step leaves the old or the new."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from helseassistent import durable


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps as they are taken, with the number of this process left out."""
    taken: list[str] = []
    monkeypatch.setattr(durable, "checkpoint", lambda step: taken.append(step.replace(f".{os.getpid()}", "")))
    return taken


def test_a_file_is_flushed_before_it_is_named_and_its_folder_after(tmp_path: Path, steps: list[str]) -> None:
    durable.replace_file(tmp_path / "navn", b"nytt")
    assert steps == ["write .navn.tmp", "fsync .navn.tmp", "rename navn", f"fsync {tmp_path.name}/"]
    assert (tmp_path / "navn").read_bytes() == b"nytt"


def test_a_folder_is_flushed_before_it_is_named_and_its_parent_after(tmp_path: Path, steps: list[str]) -> None:
    (tmp_path / "ny").mkdir()
    durable.publish_folder(tmp_path / "ny", tmp_path / "navn")
    assert steps == ["fsync ny/", "rename navn/", f"fsync {tmp_path.name}/"]


def test_a_published_folder_replaces_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "navn").mkdir()
    (tmp_path / "navn" / "gammel").touch()
    (tmp_path / "ny").mkdir()
    (tmp_path / "ny" / "fil").touch()
    durable.publish_folder(tmp_path / "ny", tmp_path / "navn")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["navn", "navn/fil"]


def test_a_removed_folder_is_gone(tmp_path: Path, steps: list[str]) -> None:
    (tmp_path / "navn").mkdir()
    (tmp_path / "navn" / "fil").touch()
    durable.remove_folder(tmp_path / "navn")
    assert list(tmp_path.iterdir()) == []
    assert steps == ["rename .navn.tmp/"]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_an_error_at_any_step_leaves_the_old_or_the_new_file_and_nothing_else(
    number: int, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "navn").write_bytes(b"gammelt")
    left = iter([False] * number + [True])

    def fail(step: str) -> None:
        if next(left):
            raise OSError(code, os.strerror(code), step)

    monkeypatch.setattr(durable, "checkpoint", fail)
    with pytest.raises(OSError, match=os.strerror(code)):
        durable.replace_file(tmp_path / "navn", b"nytt")
    assert (tmp_path / "navn").read_bytes() == (b"nytt" if number == 3 else b"gammelt")
    assert [path.name for path in tmp_path.iterdir()] == ["navn"]


def test_a_line_is_added_whole_and_flushed(tmp_path: Path, steps: list[str]) -> None:
    for line in (b"en", b"to"):
        durable.append_line(tmp_path / "logg", line)
    assert (tmp_path / "logg").read_bytes() == b"en\nto\n"
    assert steps == ["write logg", "fsync logg"] * 2


def test_a_line_that_a_full_disk_refused_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    durable.append_line(tmp_path / "logg", b"en")

    def refuse(step: str) -> None:
        if step.startswith("fsync"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(durable, "checkpoint", refuse)
    with pytest.raises(OSError, match="No space"):
        durable.append_line(tmp_path / "logg", b"to")
    assert (tmp_path / "logg").read_bytes() == b"en\n"


def test_folders_are_made_from_the_outermost_and_flushed_each(tmp_path: Path, steps: list[str]) -> None:
    durable.make_folders(tmp_path / "a" / "b")
    assert steps == ["mkdir a/", f"fsync {tmp_path.name}/", "mkdir b/", "fsync a/"]
    durable.make_folders(tmp_path / "a" / "b")
    assert len(steps) == 4


def test_a_file_is_removed_for_good(tmp_path: Path, steps: list[str]) -> None:
    (tmp_path / "fil").touch()
    for _ in range(2):
        durable.remove_file(tmp_path / "fil")
    assert list(tmp_path.iterdir()) == []
    assert steps == ["unlink fil", f"fsync {tmp_path.name}/"] * 2

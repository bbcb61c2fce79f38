"""Writing so that a crash leaves the old file or the new one: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process holds the lock; the text is its number."""


def checkpoint(step: str) -> None:
    """Called before every write, fsync and rename; does nothing. Tests replace it to stop the process there."""


def write_new(path: Path, content: bytes) -> None:
    """Write a file that no reader can see yet, and flush it to disk."""
    checkpoint(f"write {path.name}")
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        checkpoint(f"fsync {path.name}")
        os.fsync(handle.fileno())


def flush_file(path: Path) -> None:
    """Flush to disk a file that a library wrote."""
    checkpoint(f"fsync {path.name}")
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def flush_folder(folder: Path) -> None:
    """Flush the names in `folder` to disk."""
    checkpoint(f"fsync {folder.name}/")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step: a reader, or a crash at any point, sees all of the old or all of the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_new(temporary, content)
        checkpoint(f"rename {path.name}")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Add a line and flush it to disk; a crash leaves the whole line, or a beginning of it without a line break."""
    checkpoint(f"write {path.name}")
    with path.open("ab") as handle:
        size = handle.tell()
        try:
            handle.write(line + b"\n")
            handle.flush()
            checkpoint(f"fsync {path.name}")
            os.fsync(handle.fileno())
        except OSError:
            os.truncate(path, size)  # on a full disk; the next line must not continue half of this one
            raise


def remove_file(path: Path) -> None:
    """Remove a file, which may have gone already, and flush that to disk."""
    checkpoint(f"unlink {path.name}")
    path.unlink(missing_ok=True)
    flush_folder(path.parent)


def make_folders(folder: Path) -> None:
    """Make a folder and those above it that are missing, and flush their names to disk."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    checkpoint(f"mkdir {folder.name}/")
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that the file stands for; the system frees it when the holder ends, however it ends.

    Raises:
        LockedError: if another process holds it; its text is that process's number.
    """
    with path.open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            raise LockedError(handle.read().strip() or "ukjent") from error
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def publish_folder(staging: Path, target: Path) -> None:
    """Rename a finished folder whose files are flushed already into its final place; replaces what stands there."""
    flush_folder(staging)
    replaced = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    if target.exists():
        checkpoint(f"rename {replaced.name}/")
        target.rename(replaced)
    checkpoint(f"rename {target.name}/")
    staging.rename(target)
    flush_folder(target.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder; a crash half-way leaves a name that says it is a leftover, never half a folder."""
    doomed = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    checkpoint(f"rename {doomed.name}/")
    folder.rename(doomed)
    shutil.rmtree(doomed)

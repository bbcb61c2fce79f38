"""Writing so that a crash leaves the old file or the new one: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


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

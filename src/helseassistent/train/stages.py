"""What a run has finished, kept as files so that the next run goes on from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.generic]]


class Stages:
    """Files of one recipe in one folder; a stage that is there is read instead of made again."""

    def __init__(self, folder: Path, *, key: str) -> None:
        self._folder = folder / key
        self._folder.mkdir(parents=True, exist_ok=True)
        self.resumed: tuple[str, ...] = ()

    def text(self, name: str, make: Callable[[], str]) -> str:
        """The text of a stage."""
        path = self._folder / f"{name}.json"
        if not path.is_file():
            _write(path, lambda part: part.write_text(make(), encoding="utf-8"))
        else:
            self.resumed += (name,)
        return path.read_text(encoding="utf-8")

    def arrays(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The named arrays of a stage."""
        path = self._folder / f"{name}.npz"
        if not path.is_file():
            _write(path, lambda part: np.savez(part, allow_pickle=False, **make()))
        else:
            self.resumed += (name,)
        with np.load(path, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}


def _write(path: Path, fill: Callable[[Path], object]) -> None:
    """Fill a temporary file and move it into place, so that a half-written stage is never read."""
    part = path.with_name(f"del-{path.name}")
    fill(part)
    part.replace(path)

"""Bodies from a folder or file on disk: nothing outside it is read, whatever lies in it (row C16)."""

from __future__ import annotations

import errno
import mimetypes
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from helseassistent.errors import CorpusError
from helseassistent.ingest.addresses import parse_address
from helseassistent.ingest.found import Document, Fetched, Read, Refused

Parse: TypeAlias = Callable[[Fetched], Document | Refused]
_NOWHERE = "https://fil.invalid"  # where a file lies that does not say its address
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe would be waited for


def visits_on_disk(
    place: Path,
    *,
    parse: Parse,
    largest: int,
    url: str | None,
    publisher_of: Callable[[str], str | None],
) -> Iterator[Read | Refused]:
    """A visit to each file at `place`, in the order of their names.

    `url` is the address of the file, or of the folder for those files in it that do not say their own. `publisher_of`
    tells whose an address is, where the file does not say it. A file over `largest` bytes is refused.

    Raises:
        CorpusError: if there is nothing at `place`.
    """
    for name, body in _bodies(place, largest=largest):
        if isinstance(body, Refused):
            yield body
            continue
        here = url if url and not place.is_dir() else f"{(url or _NOWHERE).rstrip('/')}/{quote(name)}"
        document = parse(Fetched(here, mimetypes.guess_type(name)[0] or "", body))
        if isinstance(document, Refused):
            yield replace(document, url=name, keep=True)
        else:
            address = here if url and not place.is_dir() else document.canonical or here
            yield _at_its_address(document, address=address, file=name, publisher_of=publisher_of)


def _at_its_address(
    document: Document, *, address: str, file: str, publisher_of: Callable[[str], str | None]
) -> Read | Refused:
    said = parse_address(address)
    if isinstance(said, Refused) or str(said).startswith(_NOWHERE):
        return Refused(file, "Fila sier ikke hvilken nettadresse siden har. Oppgi den med --url.")
    publisher = document.publisher or publisher_of(str(said))
    if not publisher:
        return Refused(file, "Fila sier ikke hvem som gir ut siden. Oppgi det med --publisher.")
    return Read(Fetched(str(said), "", b""), replace(document, publisher=publisher, links=()))


def _bodies(place: Path, *, largest: int) -> Iterator[tuple[str, bytes | Refused]]:
    """Each file's name below `place` and its bytes, or why it is not read; hidden files are passed over."""
    if not place.exists():
        raise CorpusError(f"Fant verken fil eller mappe på «{place}». Sjekk stien.")
    if not place.is_dir():
        yield place.name, _read(str(place), folder=None, shown=place.name, largest=largest)
        return
    for below, folders, files, descriptor in os.fwalk(place, follow_symlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files + folders):
            shown = (Path(below) / name).relative_to(place).as_posix()
            if name in folders and stat.S_ISDIR(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                continue
            if not name.startswith("."):
                yield shown, _read(name, folder=descriptor, shown=shown, largest=largest)


def _read(path: str, *, folder: int | None, shown: str, largest: int) -> bytes | Refused:
    """The bytes of a plain file; the name is opened first and looked at then, so that nobody can change it between."""
    if not shown.isprintable():
        return Refused(ascii(shown), "Filnavnet har ugyldige tegn.")
    try:
        with open(os.open(path, _FLAGS, dir_fd=folder), "rb") as handle:
            kind = os.fstat(handle.fileno())
            if not stat.S_ISREG(kind.st_mode):
                return Refused(shown, "Dette er ikke en vanlig fil.")
            if kind.st_nlink > 1:
                return Refused(shown, "Fila har flere navn på disken (hard lenke), og kan høre hjemme et annet sted.")
            body = handle.read(largest + 1)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return Refused(shown, "Dette er en lenke til et annet sted, og den følges ikke.")
        return Refused(shown, f"Fila kan ikke leses: {error.strerror}.")
    return body if len(body) <= largest else Refused(shown, f"Fila er større enn {largest // 1_000_000} MB.")

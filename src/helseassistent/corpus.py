"""The page file format: read, validate, write atomically. Any folder of such files, at any depth, is a corpus."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import cast

import yaml

from helseassistent import durable
from helseassistent.errors import CorpusError
from helseassistent.text.characters import fold
from helseassistent.types import Language, Page

_LANGUAGES = ("nb", "nn")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_UNDER_UPDATE = re.compile(
    r"\bunder (?:oppdatering|arbeid|revisjon|omarbeid\w*|utvikling av redaksjonen)\b", re.IGNORECASE
)
_NOTHING_SEEN: Mapping[str, datetime] = MappingProxyType({})
_NO_FIELDS: Mapping[object, object] = MappingProxyType({})
QUESTIONS = ".questions.yaml"  # ends the name of the file, beside a page, with questions written for its passages
_NOT_PAGES = {"README.md"}  # tells people about a corpus folder; has no front matter of its own


@dataclass(frozen=True, slots=True)
class PageProblem:
    """A file that is not a usable page: which, which field, and what is wrong with it, in Norwegian."""

    file: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: feltet «{self.field}» {self.message}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """The usable pages by file, and the files that were left out with the reason."""

    pages: Mapping[str, Page]
    problems: tuple[PageProblem, ...]
    digest: str  # SHA-256 over names and bytes of the usable files, and when those were seen later
    questions: Mapping[str, str] = field(
        default_factory=dict
    )  # by page file, what stands in the file of questions beside it


def load_corpus(folder: Path, *, last_seen: Mapping[str, datetime] = _NOTHING_SEEN) -> Corpus:
    """Read every page below `folder`; a malformed one becomes a problem and the others still load.

    `last_seen` tells, by file, when a page was found unchanged at its address since the file was written.

    Raises:
        CorpusError: if `folder` is not a readable folder.
    """
    if not folder.is_dir():
        raise CorpusError(f"Fant ingen korpusmappe på «{folder}». Oppgi en mappe med sider: --corpus MAPPE.")
    paths = page_paths(folder)
    pages: dict[str, Page] = {}
    problems: list[PageProblem] = []
    digest = hashlib.sha256()
    for file, path in paths.items():
        found = _read_page(path, file=file)
        if isinstance(found, PageProblem):
            problems.append(found)
            continue
        page, content = found
        digest.update(f"{file}\0{len(content)}\0".encode() + content)
        seen = last_seen.get(file)
        if seen and (page.fetched_at is None or seen > page.fetched_at):
            page = replace(page, fetched_at=seen)
            digest.update(f"\0seen {seen.isoformat()}".encode())
        pages[file] = page
    written = _questions_beside(paths)
    for name, text in written.items():
        digest.update(f"\0questions {name}\0{len(text)}\0{text}".encode())
    return Corpus(pages, tuple(problems), digest.hexdigest(), written)


def _questions_beside(paths: Mapping[str, Path]) -> dict[str, str]:
    files = {file: path.with_name(path.stem + QUESTIONS) for file, path in paths.items()}
    return {file: path.read_text("utf-8", errors="replace") for file, path in files.items() if path.is_file()}


def page_paths(folder: Path) -> dict[str, Path]:
    """The files below `folder` that are pages by their name, in order; nothing is read."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.md"))}
    return {
        file: path
        for file, path in found.items()
        if path.name not in _NOT_PAGES and not any(part.startswith(".") for part in Path(file).parts)
    }


def parse_page(content: str, *, file: str) -> Page | PageProblem:
    """A page from the text of its file, or what is wrong with it; line endings in the body stay as they are."""
    found = _front_matter(content, file=file)
    if isinstance(found, PageProblem):
        return found
    fields, body = found
    return _page_of(fields, body=body, file=file)


def _front_matter(content: str, *, file: str) -> tuple[dict[object, object], str] | PageProblem:
    """The fields of a page file as they stand, and the body."""
    if not content.startswith("---"):
        return PageProblem(file, "front matter", "mangler: filen må begynne med en linje «---».")
    closing = _CLOSING.search(content, 4)
    if not closing:
        return PageProblem(file, "front matter", "er ikke avsluttet med en linje «---».")
    try:
        fields = yaml.safe_load(content[content.index("\n") : closing.start()]) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2023-13-45
        return PageProblem(file, "front matter", f"kan ikke leses som YAML: {' '.join(str(error).split())[:120]}")
    if not isinstance(fields, dict):
        return PageProblem(file, "front matter", "må være linjer av formen «navn: verdi».")
    return fields, content[closing.end() :].lstrip("\r\n")


def render_page(page: Page, *, others: Mapping[object, object] = _NO_FIELDS) -> str:
    """The text of the file that holds `page`, with fields that are not ours; `parse_page` gives the same page back."""
    fields: dict[object, object] = {
        "title": page.title,
        "url": page.url,
        "publisher": page.publisher,
        "language": page.language,
        "last_updated": page.last_updated,
        "fetched_at": page.fetched_at,
    }
    fields |= {name: value for name, value in others.items() if name not in fields}
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{front}---\n{page.body}"


def write_page(page: Page, *, folder: Path) -> None:
    """Put the page at its place below `folder`; a crash leaves the old file or the new one.

    Fields of the old file that are not ours, such as a licence, are kept.
    """
    path = folder / page.file
    durable.make_folders(path.parent)
    former = _front_matter(path.read_text("utf-8-sig", "replace"), file=page.file) if path.is_file() else None
    others = former[0] if isinstance(former, tuple) else _NO_FIELDS
    durable.replace_file(path, render_page(page, others=others).encode())


def says_under_update(page: Page) -> bool:
    """Whether the page itself tells its readers that it is being updated."""
    return bool(_UNDER_UPDATE.search(fold(page.body)))


def _read_page(path: Path, *, file: str) -> tuple[Page, bytes] | PageProblem:
    if not file.isprintable():  # a name that is not UTF-8, or has control characters, cannot be stored or shown
        return PageProblem(ascii(file), "fil", "har et navn med ugyldige tegn.")
    if not path.is_file():  # a pipe would be waited for
        return PageProblem(file, "fil", "er ikke en vanlig fil.")
    try:
        content = path.read_bytes()
    except OSError as error:
        return PageProblem(file, "fil", f"kan ikke leses: {error.strerror}.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return PageProblem(file, "tegnsett", f"er ikke UTF-8 (ugyldig byte ved posisjon {error.start}).")
    found = parse_page(text, file=file)
    return found if isinstance(found, PageProblem) else (found, content)


def _page_of(fields: Mapping[object, object], *, body: str, file: str) -> Page | PageProblem:
    for name in ("title", "url", "publisher"):
        value = fields.get(name)
        if not isinstance(value, str) or not value.strip():
            return PageProblem(file, name, "mangler eller er tomt.")
    if not re.match(r"https?://[^\s/]+", str(fields["url"])):
        return PageProblem(file, "url", "må være en full adresse som begynner med https://.")
    if fields.get("language") not in _LANGUAGES:
        return PageProblem(file, "language", f"er «{fields.get('language')}», men må være nb eller nn.")
    updated, fetched = fields.get("last_updated"), fields.get("fetched_at")
    if (last_updated := _as_date(updated)) is None and updated is not None:
        return PageProblem(file, "last_updated", f"er «{updated}», men må være en dato som 2023-02-24, eller null.")
    if (fetched_at := _as_moment(fetched)) is None and fetched is not None:
        return PageProblem(file, "fetched_at", f"er «{fetched}», men må være et tidspunkt, eller null.")
    if not body.strip():
        return PageProblem(file, "body", "er tom: siden har ingen tekst.")
    title, url, publisher = (str(fields[name]).strip() for name in ("title", "url", "publisher"))
    language = cast(Language, fields["language"])
    return Page(file, " ".join(title.split()), url, publisher, language, last_updated, fetched_at, body)


def _as_date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _as_moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None

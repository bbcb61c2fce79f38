"""Owns reading the text layer of a PDF: the door to pypdf."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from datetime import date

from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError, PyPdfError

from helseassistent.ingest.found import Document, Refused
from helseassistent.ingest.parse.characters import clean_line, clean_text
from helseassistent.ingest.parse.dates import date_in_lines, read_date
from helseassistent.ingest.parse.facts import absolute
from helseassistent.ingest.parse.language import written_in
from helseassistent.ingest.parse.lines import Line, compose
from helseassistent.ingest.parse.plain import name_in

# What pypdf lets through from a damaged file, beside errors of its own; seen on seeded mutations.
BROKEN = (
    PyPdfError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
)
_LEAST_LETTERS = 40  # of a file; what has fewer is pictures with a stamp on them
_PROGRAM_TITLE = re.compile(
    r"\.(?:docx?|pdf|indd|xlsx?|pptx?|pub)\b|^(?:microsoft|untitled|uten navn|dokument\d*|document\d*)\b", re.I
)
_LEAST_SIZE = 2.0  # points; smaller letters are not seen


def read_pdf(body: bytes, *, url: str, pages: int, today: date) -> Document | Refused:
    """The document in the text layer of a PDF, or why it has none."""
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted:
            return Refused(url, "PDF-en er låst med passord eller kryptering.", keep=True)
        count = _count(reader)
        if count > pages:
            return Refused(url, f"PDF-en har {count} sider; det meste som leses, er {pages}.", keep=True)
        if count == 0:
            return Refused(url, "PDF-en har ingen sider.", keep=True)
        lines = [line for number, page in enumerate(reader.pages) for line in _lines(page, number=number)]
        facts = _facts(reader)
    except LimitReachedError:
        return Refused(url, "PDF-en pakker ut til mer enn det som leses av en fil.", keep=True)
    except BROKEN as error:
        return Refused(url, f"PDF-en er skadd og kan ikke leses ({type(error).__name__}).", keep=True)
    except RecursionError:
        return Refused(url, "PDF-en viser til seg selv i ring og kan ikke leses.", keep=True)
    letters = sum(character.isalpha() for line in lines for character in line.text)
    if letters < _LEAST_LETTERS:
        return Refused(url, _why_empty(body), keep=True)
    if _is_garbled(lines):
        return Refused(url, "Teksten i PDF-en er lagret slik at bokstavene ikke kan leses ut.", keep=True)
    composed = compose(lines)
    text = clean_text("\n\n".join(composed)).strip("\n") + "\n"
    title = _title(facts[0], composed=composed, url=url)
    updated = date_in_lines([line.text for line in lines], today=today) or _usable(facts[1], today=today)
    links = tuple(dict.fromkeys(found for link in facts[2] if (found := absolute(link, base=url))))
    return Document(title, text, written_in(text, declared=""), None, updated, None, links, ())


def _count(reader: PdfReader) -> int:
    """How many pages the file says it has, which takes less time than to find them; else how many are found."""
    tree = reader.root_object["/Pages"].get_object()
    said = tree.get("/Count") if isinstance(tree, dict) else None
    return int(said) if isinstance(said, int) and said > 0 else len(reader.pages)


def _lines(page: PageObject, *, number: int) -> list[Line]:
    found: list[Line] = []
    parts: list[tuple[str, float, bool]] = []
    height = 0.0

    def finish() -> None:
        text = clean_line("".join(part for part, _, _ in parts))
        if text:
            size, bold = _commonest(parts)
            found.append(Line(text, size, bold, number, height))
        parts.clear()

    def take(text: str, cm: Sequence[float], tm: Sequence[float], font: object, size: float) -> None:
        nonlocal height
        name = str(font.get("/BaseFont", "")) if isinstance(font, dict) else ""
        bold = bool(re.search(r"bold|black|heavy|demi", name, re.IGNORECASE))
        scaled = abs(size) * math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
        for part in re.split(r"(\n)", text):
            if part == "\n":
                finish()
            elif part and (not part.strip() or scaled >= _LEAST_SIZE):
                if not parts or part.strip():
                    height = tm[5] * cm[3] + cm[5]
                parts.append((part, round(scaled, 1), bold))

    page.extract_text(visitor_text=take)
    finish()
    return found


def _commonest(parts: list[tuple[str, float, bool]]) -> tuple[float, bool]:
    weights: dict[tuple[float, bool], int] = {}
    for text, size, bold in parts:
        weights[size, bold] = weights.get((size, bold), 0) + len(text.strip())
    return max(weights, key=lambda key: weights[key])


def _facts(reader: PdfReader) -> tuple[str, date | None, list[str]]:
    """Title and date of the file as its writer's program set them, and where its links lead."""
    facts = reader.metadata
    title = clean_line(str(facts.title or "")) if facts else ""
    day = None
    for name in ("/ModDate", "/CreationDate"):
        value = re.match(r"D:(\d{8})", str(facts.get(name, ""))) if facts else None
        day = day or (read_date(value.group(1)) if value else None)
    return title, day, list(_addresses(reader))


def _addresses(reader: PdfReader) -> Iterator[str]:
    for page in list(reader.pages)[:200]:
        for reference in list(page.get("/Annots") or [])[:200]:
            note = reference.get_object()
            action = note.get("/A") if isinstance(note, dict) else None
            action = action.get_object() if action is not None else None
            if isinstance(action, dict) and "/URI" in action:
                yield str(action["/URI"])


def _title(stated: str, *, composed: list[str], url: str) -> str:
    first = next((block.lstrip("# ") for block in composed[:6] if block.startswith("#")), "")
    usable = stated if len(stated) > 3 and not _PROGRAM_TITLE.search(stated) else ""
    return (first or usable or name_in(url) or composed[0])[:200]


def _usable(day: date | None, *, today: date) -> date | None:
    return day if day and date(1995, 1, 1) <= day <= today else None


def _why_empty(body: bytes) -> str:
    if re.search(rb"/Subtype\s*/Image|/DCTDecode|/JPXDecode|/CCITTFaxDecode", body):
        return "PDF-en er skannet: den har bilder av sider og ingen tekst. Den må tekstgjenkjennes (OCR) først."
    return "PDF-en har ingen tekst."


def _is_garbled(lines: list[Line]) -> bool:
    """Whether the fonts of a file do not say which letters they draw."""
    text = "".join(line.text for line in lines)[:20_000]
    odd = sum(character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for character in text)
    lettered = sum(character.isalpha() or character.isspace() or character.isdigit() for character in text)
    return odd > 0.1 * len(text) or lettered < 0.5 * len(text)

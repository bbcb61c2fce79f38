"""Owns bringing question sets in from spreadsheets, CSV and XLSX; a bad row is named and the rest kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.questions import Question, question_from_row
from helseassistent.evaluate.rows import Row
from helseassistent.types import Page

# What a column of a spreadsheet may be called, in the order of the template.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "nr"),
    "question": ("spørsmål", "question"),
    "lang": ("språk", "lang", "målform"),
    "style": ("stil", "style"),
    "kind": ("type", "kind"),
    "quote": ("sitat", "quote", "fasitsitat"),
    "file": ("fil", "file"),
    "facts": ("fakta", "facts"),
    "answer": ("svar", "answer", "mønstersvar"),
}
KINDS = {"kan besvares": "answerable", "nesten": "near_miss", "utenfor tema": "out_of_scope", "": "answerable"}
LANGUAGES = {"bokmål": "nb", "nynorsk": "nn", "blandet": "mixed", "": "nb"}


@dataclass(frozen=True, slots=True)
class Imported:
    """The usable questions, one sentence for each row that was not, and pages that the file brought with it."""

    questions: tuple[Question, ...]
    problems: tuple[str, ...]
    pages: tuple[Page, ...] = ()


def spreadsheet_template() -> str:
    """A CSV file with the headings and one row to write over, as Norwegian Excel opens it."""
    example = (
        "K-001", "Er legevakten åpen om natten?", "bokmål", "hverdagsspråk", "kan besvares",
        "Legevakten er åpen hele døgnet.", "", "hele døgnet", "Ja, hele døgnet.",
    )  # fmt: skip
    output = io.StringIO()
    csv.writer(output, delimiter=";", lineterminator="\n").writerows([[n[0] for n in COLUMNS.values()], example])
    return "\ufeff" + output.getvalue()


def kept_questions(rows: Iterator[tuple[str, Mapping[str, object]]], pages: Mapping[str, Page]) -> Imported:
    """The rows that pass the same checks as a question set, and what the others fail on."""
    questions: dict[str, Question] = {}
    problems: list[str] = []
    for place, fields in rows:
        try:
            question = question_from_row(Row(fields, place=place), pages=pages)
        except QuestionSetError as error:
            problems.append(str(error))
            continue
        if question.id in questions:
            problems.append(f"{place}, feltet «id»: «{question.id}» er brukt før.")
        else:
            questions[question.id] = question
    return Imported(tuple(questions.values()), tuple(problems))


def _page_with(quote: str, pages: Mapping[str, Page]) -> str:
    """The file of the one page that holds `quote`; the quote's own absence is left to the check that names it."""
    found = [file for file, page in pages.items() if quote in page.body]
    return found[0] if len(found) == 1 else f"ukjent: {len(found)} sider har sitatet"


def _fields(cells: Mapping[str, str], *, number: int, pages: Mapping[str, Page]) -> dict[str, object]:
    """A spreadsheet row as the fields of a question; empty cells get their defaults."""
    quote, kind = cells.get("quote", ""), cells.get("kind", "").casefold()
    file = cells.get("file", "") or (_page_with(quote, pages) if quote else "")
    lang = cells.get("lang", "").casefold()
    return {
        "id": cells.get("id", "") or f"rad-{number}",
        "question": cells.get("question", ""),
        "lang": LANGUAGES.get(lang, lang),
        "style": cells.get("style", "") or "staff",
        "kind": KINDS.get(kind, kind),
        "relevant": [{"file": file, "quote": quote, "url": pages[file].url if file in pages else ""}] if quote else [],
        "facts": [fact.strip() for fact in cells.get("facts", "").split(";") if fact.strip()],
        "answer": cells.get("answer", ""),
    }


def _column_names(header: Sequence[str], *, path: Path) -> list[str | None]:
    known = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    names = [known.get(cell.strip().casefold()) for cell in header]
    if "question" not in names:
        raise QuestionSetError(f"{path.name} rad 1 mangler kolonnen «spørsmål»; bruk overskriftene i malen.")
    return names


def _from_table(table: Sequence[Sequence[str]], *, path: Path, pages: Mapping[str, Page]) -> Imported:
    """`table` with its heading row; rows are numbered as the spreadsheet shows them, empty ones passed over."""
    if not table:
        raise QuestionSetError(f"{path.name} er tom; bruk malen.")
    names = _column_names(table[0], path=path)

    def rows() -> Iterator[tuple[str, Mapping[str, object]]]:
        for number, cells in enumerate(table[1:], 2):
            row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
            if any(row.values()):
                yield f"{path.name} rad {number}", _fields(row, number=number, pages=pages)

    return kept_questions(rows(), pages)


def import_csv(path: Path, *, pages: Mapping[str, Page]) -> Imported:
    """A CSV file with commas or semicolons, in UTF-8 or as Norwegian Windows writes it; see `spreadsheet_template`."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    return _from_table(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), path=path, pages=pages)


def import_xlsx(path: Path, *, pages: Mapping[str, Page]) -> Imported:
    """The first sheet of a workbook, with the same columns as the CSV template."""
    try:
        from openpyxl import load_workbook  # type: ignore[import-untyped]
        from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]
    except ImportError as error:
        raise QuestionSetError("Excel-filer krever et tillegg: pip install 'helseassistent[xlsx]'.") from error
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise QuestionSetError(f"{path.name} er ikke en lesbar Excel-fil (.xlsx).") from error
    sheet = book.worksheets[0]
    table = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    book.close()
    return _from_table(table, path=path, pages=pages)

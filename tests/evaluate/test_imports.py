"""Sets from spreadsheets and SQuAD-style files: a bad row is named with its number and the rest is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from evaluate.assistant import PAGES
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.imports import Imported, import_csv, import_xlsx, spreadsheet_template
from helseassistent.evaluate.questions import read_questions, write_questions
from helseassistent.evaluate.squad import import_squad

HEADER = ["Id", "Spørsmål", "Språk", "Type", "Sitat", "Fakta", "Svar"]
ROWS = [
    [
        "K-1",
        "Er det åpent om natta?",
        "bokmål",
        "kan besvares",
        "Legevakten er åpen hele døgnet.",
        "hele døgnet",
        "Ja.",
    ],
    ["K-2", "Kva kostar det?", "nynorsk", "", "koster 250 kroner", "250 kroner; voksne", ""],
    ["K-3", "Feil sitat?", "", "", "Legevakten er stengt.", "", ""],
    ["", "", "", "", "", "", ""],
    ["", "Hvem vant i går?", "", "utenfor tema", "", "", ""],
    ["K-1", "Samme id?", "", "utenfor tema", "", "", ""],
    ["K-7", "Ukjent type?", "", "kanskje", "", "", ""],
]


def check(imported: Imported, name: str) -> None:
    assert [q.id for q in imported.questions] == ["K-1", "K-2", "rad-6"]
    assert [q.kind for q in imported.questions] == ["answerable", "answerable", "out_of_scope"]
    assert imported.questions[1].lang == "nn"
    assert imported.questions[1].facts == ("250 kroner", "voksne")
    assert imported.questions[0].relevant[0].file == "legevakt.md"
    numbers = ["rad 4", "rad 7", "rad 8"]
    assert len(imported.problems) == len(numbers)
    assert all(f"{name} {n}" in problem for n, problem in zip(numbers, imported.problems, strict=True))


@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_file_is_read_as_excel_or_anything_else_writes_it(
    delimiter: str, encoding: str, line_end: str, tmp_path: Path
) -> None:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in [HEADER, *ROWS]]
    (tmp_path / "sett.csv").write_bytes(line_end.join(lines).encode(encoding))
    check(import_csv(tmp_path / "sett.csv", pages=PAGES), "sett.csv")


def test_a_workbook_is_read_the_same_way(tmp_path: Path) -> None:
    book = Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "sett.xlsx")
    check(import_xlsx(tmp_path / "sett.xlsx", pages=PAGES), "sett.xlsx")


def test_a_file_that_only_says_it_is_a_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sett.xlsx").write_text("ikke en arbeidsbok")
    with pytest.raises(QuestionSetError, match=r"sett\.xlsx"):
        import_xlsx(tmp_path / "sett.xlsx", pages=PAGES)


def test_the_template_imports(tmp_path: Path) -> None:
    (tmp_path / "mal.csv").write_text(spreadsheet_template().replace("Legevakten er åpen", "Legevakten er åpen"))
    imported = import_csv(tmp_path / "mal.csv", pages=PAGES)
    assert imported.problems == ()
    assert imported.questions[0].style == "hverdagsspråk"


def test_a_file_without_a_question_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sett.csv").write_text("a;b\n1;2\n")
    with pytest.raises(QuestionSetError, match="«spørsmål»"):
        import_csv(tmp_path / "sett.csv", pages=PAGES)


CONTEXT = "Moss ligg ved fjorden. Byen har 33 000 innbyggere. Flyplassen stengte i 2016."


def qa(name: str, question: str, answer: str, *, start: int | None = None) -> dict[str, object]:
    at = CONTEXT.index(answer) if start is None else start
    return {"id": name, "question": question, "answers": [{"text": answer, "answer_start": at}]}


def squad_file(folder: Path, *qas: dict[str, object]) -> Path:
    path = folder / "norquad.json"
    data = [{"title": "Moss", "paragraphs": [{"context": CONTEXT, "qas": list(qas)}]}]
    path.write_text(json.dumps({"version": "1", "data": data}))
    return path


def test_squad_becomes_questions_with_the_sentence_as_quote_and_pages_to_ask_on(tmp_path: Path) -> None:
    path = squad_file(tmp_path, qa("1", "Når stengte flyplassen?", "2016"), qa("2", "Hvor mange bor der?", "33 000"))
    imported = import_squad(path)
    assert imported.problems == ()
    assert imported.questions[0].relevant[0].quote == "Flyplassen stengte i 2016."
    assert imported.questions[1].facts == ("33 000",)
    pages = {page.file: page for page in imported.pages}
    write_questions(imported.questions, path=tmp_path / "set.jsonl")
    assert read_questions(tmp_path / "set.jsonl", pages=pages) == imported.questions


def test_an_answer_that_is_not_at_its_place_is_named_and_the_rest_kept(tmp_path: Path) -> None:
    path = squad_file(tmp_path, qa("1", "Når?", "2016", start=3), qa("2", "Hvor mange?", "33 000"), {"id": "3"})
    imported = import_squad(path)
    assert [q.id for q in imported.questions] == ["2"]
    assert [problem.split(",")[0] for problem in imported.problems] == [
        "norquad.json spørsmål 1",
        "norquad.json spørsmål 3",
    ]


def test_a_question_that_its_context_does_not_answer_is_a_near_miss(tmp_path: Path) -> None:
    path = squad_file(tmp_path, {"id": "1", "question": "Hvem?", "is_impossible": True, "answers": []})
    assert import_squad(path).questions[0].kind == "near_miss"


@pytest.mark.parametrize("as_lines", [False, True])
def test_flat_rows_as_hugging_face_stores_them_are_read_too(as_lines: bool, tmp_path: Path) -> None:
    rows = [
        {
            "id": n,
            "title": "Moss",
            "context": CONTEXT,
            "question": f"{n}?",
            "answers": {"text": ["2016"], "answer_start": [72]},
        }
        for n in ("a", "b")
    ]
    content = "\n".join(map(json.dumps, rows)) if as_lines else json.dumps(rows)
    (tmp_path / "flat.json").write_text(content)
    imported = import_squad(tmp_path / "flat.json")
    assert [q.id for q in imported.questions] == ["a", "b"]
    assert len(imported.pages) == 1


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"data": 3}', '{"data": [{"paragraphs": [{"qas": []}]}]}'])
def test_a_file_of_another_form_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(QuestionSetError, match=r"x\.json"):
        import_squad(tmp_path / "x.json")

"""A set is read whole or refused in one sentence that names the line and the field."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from evaluate.assistant import MESSAGES, PAGES, QUESTIONS
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.questions import read_messages, read_questions, read_retrieval_set, write_questions

Rows = list[dict[str, Any]]


def rows() -> Rows:
    return [json.loads(json.dumps(asdict(question))) for question in QUESTIONS]


def as_bytes(content: Rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content).encode()


def test_a_written_set_reads_back_as_it_was(tmp_path: Path) -> None:
    write_questions(QUESTIONS, path=tmp_path / "set.jsonl")
    assert read_questions(tmp_path / "set.jsonl", pages=PAGES) == QUESTIONS


def test_unknown_fields_are_left_alone(tmp_path: Path) -> None:
    content = rows()
    content[6]["topic_file"] = "legevakt.md"
    (tmp_path / "set.jsonl").write_bytes(as_bytes(content))
    assert read_questions(tmp_path / "set.jsonl", pages=PAGES) == QUESTIONS


def changed(line: int, field: str, value: object) -> Callable[[Rows], bytes]:
    def change(content: Rows) -> bytes:
        content[line - 1][field] = value
        return as_bytes(content)

    return change


def without(line: int, field: str) -> Callable[[Rows], bytes]:
    def change(content: Rows) -> bytes:
        del content[line - 1][field]
        return as_bytes(content)

    return change


def quoting(line: int, **fields: object) -> Callable[[Rows], bytes]:
    def change(content: Rows) -> bytes:
        content[line - 1]["relevant"][0] |= fields
        return as_bytes(content)

    return change


FAULTS = {
    "a_duplicate_id": (changed(3, "id", "T-001"), ("linje 3", "«id»", "linje 1")),
    "a_quote_that_is_not_on_the_page": (quoting(2, quote="En time koster 250 kr"), ("linje 2", "«quote»", "legevakt")),
    "a_quote_that_differs_by_one_letter": (quoting(1, quote="Legevakten er apen hele døgnet."), ("linje 1", "«quote»")),
    "a_page_that_is_not_there": (quoting(5, file="borte.md"), ("linje 5", "«file»", "borte.md")),
    "an_empty_quote": (quoting(5, quote=""), ("linje 5", "«quote»")),
    "an_unknown_kind": (changed(4, "kind", "maybe"), ("linje 4", "«kind»", "maybe", "near_miss")),
    "an_unknown_language": (changed(4, "lang", "sv"), ("linje 4", "«lang»")),
    "an_empty_question": (changed(4, "question", "  "), ("linje 4", "«question»")),
    "a_missing_field": (without(8, "facts"), ("linje 8", "«facts»")),
    "facts_that_are_not_a_list": (changed(1, "facts", "hele døgnet"), ("linje 1", "«facts»")),
    "relevant_that_is_not_objects": (changed(1, "relevant", ["x"]), ("linje 1", "«relevant»")),
    "answerable_without_a_quote": (changed(1, "relevant", []), ("linje 1", "«relevant»")),
    "out_of_scope_with_facts": (changed(8, "facts", ["x"]), ("linje 8", "«relevant»")),
    "half_a_character": (lambda c: as_bytes(c).replace(b"T-004", b"T-\\ud800"), ("linje 4", "«id»")),
    "a_broken_line": (lambda c: as_bytes(c[:2]) + b'{"id": "T-003", "ques\n', ("linje 3", "JSON")),
    "a_line_that_is_a_list": (lambda c: as_bytes(c[:2]) + b"[1]\n", ("linje 3", "objekt")),
    "an_empty_line": (lambda c: as_bytes(c[:2]) + b"\n" + as_bytes(c[2:]), ("linje 3", "tom")),
    "windows_line_ends": (lambda c: as_bytes(c).replace(b"\n", b"\r\n"), ("linje 1", "Windows")),
    "one_windows_line_end": (lambda c: as_bytes(c[:2]) + b"{}\r\n", ("linje 3", "Windows")),
    "a_byte_order_mark": (lambda c: b"\xef\xbb\xbf" + as_bytes(c), ("linje 1", "BOM")),
    "latin_1": (lambda c: as_bytes(c[:1]) + "{'å'}\n".encode("latin-1"), ("linje 2", "UTF-8")),
    "an_empty_file": (lambda c: b"", ("linje 1", "tom")),
    "endless_nesting": (lambda c: b"[" * 100_000, ("linje 1", "JSON")),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_set_is_refused_in_one_sentence_that_names_the_line(name: str, tmp_path: Path) -> None:
    damage, expected = FAULTS[name]
    path = tmp_path / "set.jsonl"
    path.write_bytes(damage(rows()))
    with pytest.raises(QuestionSetError) as caught:
        read_questions(path, pages=PAGES)
    message = str(caught.value)
    assert all(part in message for part in expected), message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"borte\.jsonl"):
        read_questions(tmp_path / "borte.jsonl", pages=None)


def test_messages_follow_the_same_rules(tmp_path: Path) -> None:
    content = [asdict(message) for message in MESSAGES]
    (tmp_path / "m.jsonl").write_bytes(as_bytes(content))
    assert read_messages(tmp_path / "m.jsonl") == MESSAGES
    content[1]["label"] = "unknown"
    (tmp_path / "m.jsonl").write_bytes(as_bytes(content))
    with pytest.raises(QuestionSetError, match="linje 2, feltet «label»"):
        read_messages(tmp_path / "m.jsonl")


def test_a_retrieval_set_whose_query_names_no_passage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "text": "x"}\n{"id": "b", "text": ""}\n')
    (tmp_path / "queries.jsonl").write_text('{"query": "q", "relevant": ["b"], "source": "kept apart"}\n')
    assert read_retrieval_set(tmp_path).queries[0].relevant == ("b",)
    (tmp_path / "queries.jsonl").write_text('{"query": "q", "relevant": ["c"]}\n')
    with pytest.raises(QuestionSetError, match=r"queries.jsonl linje 1, feltet «relevant»"):
        read_retrieval_set(tmp_path)

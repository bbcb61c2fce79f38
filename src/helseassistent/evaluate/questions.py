"""Owns the question set formats: reads one or refuses it in one sentence that names the line; nothing is half-read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar, cast, get_args

from helseassistent import durable
from helseassistent.errors import QuestionSetError
from helseassistent.evaluate.rows import Row, json_rows
from helseassistent.types import Page

QuestionLanguage: TypeAlias = Literal["nb", "nn", "mixed"]
Kind: TypeAlias = Literal["answerable", "near_miss", "out_of_scope"]
Label: TypeAlias = Literal["urgent", "urgent_now_not_113", "crisis_mental", "not_urgent"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Relevant:
    """One stretch of a page that answers the question; a question may have several, any of which will do."""

    file: str
    quote: str
    url: str = ""
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its key; `relevant` and `facts` are empty unless the kind is answerable."""

    id: str
    question: str
    lang: QuestionLanguage
    style: str
    kind: Kind
    relevant: tuple[Relevant, ...] = ()
    facts: tuple[str, ...] = ()
    answer: str = ""
    approved: bool = False  # a person has checked what the assistant says here, so that it must stay right


@dataclass(frozen=True, slots=True)
class Message:
    """A message for emergency routing and what it is about."""

    id: str
    text: str
    lang: QuestionLanguage
    label: Label


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a retrieval set with the ids of its relevant passages."""

    query: str
    relevant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Passages by position with their ids, and queries on them."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    queries: tuple[Query, ...]


def _unique(rows: Iterator[Row], build: Callable[[Row], T], *, key: Callable[[T], str]) -> tuple[T, ...]:
    """Everything built from `rows`, refusing an id that an earlier row has."""
    seen: dict[str, str] = {}
    built: list[T] = []
    for row in rows:
        item = build(row)
        if key(item) in seen:
            raise row.refuse("id", f"«{key(item)}» er brukt før, på {seen[key(item)]}")
        seen[key(item)] = row.place
        built.append(item)
    return tuple(built)


def _relevant(row: Row, pages: Mapping[str, Page] | None) -> Relevant:
    found = Relevant(row.text("file"), row.text("quote"), row.text("url", default=""), row.text_or_null("section"))
    if pages is None:
        return found
    page = pages.get(found.file)
    if page is None:
        raise row.refuse("file", f"siden «{found.file}» finnes ikke i korpuset")
    if found.quote not in page.body:
        raise row.refuse("quote", f"sitatet «{found.quote[:60]}» står ikke ordrett på siden {found.file}")
    return found


def question_from_row(row: Row, *, pages: Mapping[str, Page] | None) -> Question:
    """The question in `row`; without `pages` the quotes are not looked up.

    Raises:
        QuestionSetError: naming the row and the field.
    """
    kind = cast(Kind, row.choice("kind", get_args(Kind)))
    question = Question(
        id=row.text("id"),
        question=row.text("question"),
        lang=cast(QuestionLanguage, row.choice("lang", get_args(QuestionLanguage))),
        style=row.text("style"),
        kind=kind,
        relevant=tuple(_relevant(entry, pages) for entry in row.rows("relevant")),
        facts=row.texts("facts"),
        answer=row.text("answer", default=""),
        approved=row.flag("approved"),
    )
    if kind == "answerable" and not question.relevant:
        raise row.refuse("relevant", "er tomt, men spørsmålet skal kunne besvares")
    if kind != "answerable" and (question.relevant or question.facts):
        raise row.refuse("relevant", f"må være tomt, og facts også, når kind er {kind}")
    return question


def read_questions(path: Path, *, pages: Mapping[str, Page] | None) -> tuple[Question, ...]:
    """The questions in file order; `pages` by file, against which every quote is checked, or None to leave that out.

    Raises:
        QuestionSetError: one sentence that names the first line and field that cannot be used.
    """
    found = _unique(json_rows(path), lambda row: question_from_row(row, pages=pages), key=lambda q: q.id)
    if not found:
        raise QuestionSetError(f"{path} har ingen spørsmål.")
    return found


def read_messages(path: Path) -> tuple[Message, ...]:
    """The messages of an emergency set in file order, under the same rules as `read_questions`."""

    def build(row: Row) -> Message:
        lang = cast(QuestionLanguage, row.choice("lang", get_args(QuestionLanguage)))
        return Message(row.text("id"), row.text("text"), lang, cast(Label, row.choice("label", get_args(Label))))

    return _unique(json_rows(path), build, key=lambda message: message.id)


def read_retrieval_set(folder: Path) -> RetrievalSet:
    """`corpus.jsonl` and `queries.jsonl` of `folder`; a query without a known relevant passage is refused."""
    passages = _unique(
        json_rows(folder / "corpus.jsonl"),
        lambda row: (row.text("id"), row.text("text", default="")),
        key=lambda p: p[0],
    )
    known = {name for name, _ in passages}

    def query(row: Row) -> Query:
        relevant = row.texts("relevant")
        if not relevant or not known.issuperset(relevant):
            raise row.refuse("relevant", "er tomt eller nevner en id som ikke står i corpus.jsonl")
        return Query(row.text("query"), relevant)

    queries = tuple(query(row) for row in json_rows(folder / "queries.jsonl"))
    return RetrievalSet(tuple(n for n, _ in passages), tuple(t for _, t in passages), queries)


def question_json(question: Question) -> str:
    """The question as one line of a set, without its line break."""
    return json.dumps(asdict(question), ensure_ascii=False)


def write_questions(questions: Sequence[Question], *, path: Path) -> None:
    """Put the set at `path` in one step; `read_questions` gives the same questions back."""
    durable.replace_file(path, "".join(question_json(q) + "\n" for q in questions).encode())

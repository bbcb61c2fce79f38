"""The questions that a page can be asked next: made from its own headings and labels, each tried out beforehand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from helseassistent.answer.sections import sections_of
from helseassistent.text.heading_questions import question_of
from helseassistent.text.words import tokens
from helseassistent.types import Answer, Language, Page, Scored

OFFERED = 3  # questions after an answer
# Words that stand in front of what they name: in bold type, as the first cell of a row, as the start of an item.
_LABEL = re.compile(
    r"^(?:\*\*(?P<bold>[^\n*|]{3,60})\*\*|\| *(?P<cell>[^\n|]{3,60}?) *\||[-*+] +(?P<item>[^\n:|*]{3,40}):(?=[ \n]))",
    re.MULTILINE,
)
_FIRST_HEADING = re.compile(r"^##", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question and the stretch of the page, in code points of its body, that it was made from."""

    file: str
    start: int
    end: int
    language: Language
    text: str


# The questions of each page by its file, in the order of the page; only such as were tried out.
NextQuestions: TypeAlias = Mapping[str, Sequence[PageQuestion]]


def questions_of(page: Page, *, language: Language) -> Iterator[PageQuestion]:
    """What the headings and labels of `page` ask, in the order of the page; nobody knows yet whether it answers."""
    for name, start, end in _named_places(page):
        text = question_of(name, written=page.language, asked=language, body=page.body)
        if text:
            yield PageQuestion(page.file, start, end, language, text)


def answers(question: PageQuestion, answer: Answer) -> bool:
    """Whether the first thing that `answer` quotes stands where the question was made from."""
    first = answer.claims[0].citations[0]
    return first.file == question.file and question.start <= first.start < question.end


def next_after(
    answer: Answer,
    *,
    evidence: Sequence[Scored],
    questions: NextQuestions,
    language: Language,
    asked: Collection[str],
) -> tuple[str, ...]:
    """At most OFFERED questions about other parts of the first page quoted: what the search found first, then nearest.

    `asked` are the person's messages so far.
    """
    first = answer.claims[0].citations[0]
    quoted = [c.start for claim in answer.claims for c in claim.citations if c.file == first.file]
    said = {_key(message) for message in asked}
    open_ones = [
        question
        for question in questions.get(first.file, ())
        if question.language == language
        and _key(question.text) not in said
        and not any(question.start <= start < question.end for start in quoted)
    ]
    found = [scored.passage.start for scored in evidence if scored.passage.file == first.file]
    open_ones.sort(key=lambda question: (_rank(question, found), abs(question.start - first.start)))
    return tuple(dict.fromkeys(question.text for question in open_ones))[:OFFERED]


def _rank(question: PageQuestion, found: Sequence[int]) -> int:
    places = (rank for rank, start in enumerate(found) if question.start <= start < question.end)
    return next(places, len(found))


def _key(message: str) -> tuple[str, ...]:
    return tuple(tokens(message))


def _named_places(page: Page) -> Iterator[tuple[str, int, int]]:
    first = _FIRST_HEADING.search(page.body)
    yield page.title, 0, first.start() if first else len(page.body)
    for section in sections_of(page):
        yield section.name, section.start, section.end
    labels = list(_LABEL.finditer(page.body))
    ends = [*(label.start() for label in labels[1:]), len(page.body)]
    for label, end in zip(labels, ends, strict=False):
        name = label["bold"] or label["cell"] or label["item"]
        heading = _FIRST_HEADING.search(page.body, label.end())
        yield name.strip(" :"), label.start(), min(end, heading.start() if heading else end)

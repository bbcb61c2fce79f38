"""Trying out what can be asked next, once for each index, and keeping what was answered from the right place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from tqdm import tqdm

from helseassistent import durable
from helseassistent.answer.next_questions import NextQuestions, PageQuestion, answers, questions_of
from helseassistent.assistant import Assistant
from helseassistent.types import Answer, Language, Page

FOLDER = "questions"  # below the index
_LANGUAGES: tuple[Language, Language] = ("nb", "nn")
_JUDGES = ("answer", "retrieve", "text", "index")  # the stages whose code and weights decide how a question is answered


class TriedQuestions:
    """The questions that were tried out on one generation by this very program; none until there is a file of them."""

    def __init__(self, index: Path, *, generation: str, settled: str) -> None:
        self._path = index / FOLDER / f"{generation}.json"
        self._judge = judge(settled)
        self._seen: int | None = None
        self._found: NextQuestions = {}

    def __call__(self) -> NextQuestions:
        """By page; looks for the file again as long as there is none."""
        try:
            written = self._path.stat().st_mtime_ns
        except OSError:
            return self._found
        if written != self._seen:
            self._found, self._seen = self._read(), written
        return self._found

    def are_missing(self) -> bool:
        """Whether no questions were tried out on this generation by this program."""
        return self._stored() is None

    def keep(self, questions: Sequence[PageQuestion]) -> None:
        """Write the questions for whoever serves this generation, and sweep away those of generations that are gone."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = {"judge": self._judge, "questions": [asdict(question) for question in questions]}
        durable.replace_file(self._path, json.dumps(content, ensure_ascii=False, indent=0).encode())
        for other in self._path.parent.glob("*.json"):
            if not (self._path.parent.parent / other.stem).is_dir():
                other.unlink(missing_ok=True)

    def _read(self) -> NextQuestions:
        found: dict[str, list[PageQuestion]] = {}
        for question in self._stored() or ():
            found.setdefault(question.file, []).append(question)
        return found

    def _stored(self) -> list[PageQuestion] | None:
        """None for a file that is missing, damaged, or made by a program that would answer otherwise."""
        try:
            content = json.loads(self._path.read_bytes())
            if content["judge"] != self._judge:
                return None
            return [PageQuestion(**fields) for fields in content["questions"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None


def tried_out(assistant: Assistant, *, progress: bool = False) -> Iterator[PageQuestion]:
    """The questions of all pages that the assistant, asked each alone, answers from the place it was made from."""
    assistant = replace(
        assistant, phrasing=None, rewriting=None, checked=None
    )  # what a language model adds is not tried
    pages = assistant.retriever.generation.pages.values()
    asked = [question for page in pages for question in _in_both_forms(page)]
    for question in tqdm(asked, desc="Prøver spørsmål", disable=not progress):
        exchange = assistant.ask([question.text], question.language)
        if isinstance(exchange.reply, Answer) and exchange.caution is None and answers(question, exchange.reply):
            yield question


def _in_both_forms(page: Page) -> Iterator[PageQuestion]:
    for language in _LANGUAGES:
        yield from questions_of(page, language=language)


def judge(settled: str) -> str:
    """A digest of what decides an answer besides the index: the code and the weights, and what an operator settled."""
    return hashlib.sha256(f"{_program()}\0{settled}".encode()).hexdigest()[:16]


@cache
def _program() -> str:
    package = resources.files("helseassistent")
    models = [package / "index" / name / "checksums.txt" for name in ("model", "model_contextual")]
    files = [package / "assistant.py", *models, *(file for stage in _JUDGES for file in _files(package / stage))]
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()


def _files(folder: Traversable) -> list[Traversable]:
    found = (file for file in folder.iterdir() if file.is_file() and not file.name.endswith((".pyc", ".onnx")))
    return sorted(found, key=lambda file: file.name)

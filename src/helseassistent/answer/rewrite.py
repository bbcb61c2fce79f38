"""A language model as reader: what a conversation asks, as one question in the sources' words; in doubt, nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from helseassistent.answer.agreement import links, numbers
from helseassistent.answer.commands import commands, is_disguised
from helseassistent.answer.llm import LanguageModel, ModelError
from helseassistent.answer.prompt import QUESTION_SCHEMA, QUESTIONS_SCHEMA, understanding, writing
from helseassistent.types import Encoder, Language, Passage

SHARE = 0.25  # of the time that the model has for one question
SAME = 0.5  # cosine to what was asked, below which it is another question
LONGEST = 200  # characters
_FOUND = re.compile(r'\{\s*"question"\s*:\s*("(?:[^"\\]|\\.)*")\s*\}')
_LIST = re.compile(r'\{\s*"questions"\s*:\s*(\[.*?\])\s*\}', re.DOTALL)
_MOST = 5  # questions for one passage
_MARKUP = re.compile(r"[<>{}\[\]|\\`*_\n]")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Asks anew what the rules found no answer to."""

    model: LanguageModel
    encoder: Encoder
    share: float = SHARE

    def question(self, messages: Sequence[str], *, asked: str, language: Language) -> str | None:
        """The last of `messages` as a question that stands alone, near to `asked`, the rules' reading of it."""
        sent = understanding(messages, language=language)
        try:
            with closing(self.model.stream(sent, schema=QUESTION_SCHEMA, share=self.share)) as pieces:
                found = _FOUND.search("".join(pieces))
        except ModelError:
            return None
        said = " ".join(str(json.loads(found.group(1), strict=False)).split()) if found else ""
        return said if _is_a_question(said, messages) and self._means(said, asked) else None

    def _means(self, said: str, asked: str) -> bool:
        one, other = self.encoder.encode_questions([said, asked])
        return said != asked and float(one @ other) >= SAME


def everyday_questions(passage: Passage, *, model: LanguageModel) -> tuple[str, ...]:
    """Questions that a model writes for one passage, none if it speaks to a program.

    Raises: ModelError when there is no answer.
    """
    if any(commands(said) for said in (passage.title, *passage.headings, passage.text)):
        return ()
    with closing(model.stream(writing(passage), schema=QUESTIONS_SCHEMA)) as pieces:
        found = _LIST.search("".join(pieces))
    try:
        said = json.loads(found.group(1)) if found else []
    except (ValueError, RecursionError):
        return ()
    plain = (" ".join(question.split()) for question in said if isinstance(question, str))
    return tuple(dict.fromkeys(question for question in plain if _is_a_question(question, [passage.text])))[:_MOST]


def _is_a_question(said: str, messages: Sequence[str]) -> bool:
    """Whether it is one plain line that adds no number and no link, and speaks to no program."""
    plain = 0 < len(said) <= LONGEST and not _MARKUP.search(said) and said.endswith("?")
    told = numbers(" ".join(messages))
    return plain and numbers(said) <= told and not links(said) and not (commands(said) or is_disguised(said))

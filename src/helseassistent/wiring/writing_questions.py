"""`index --questions`: the model writes everyday questions for passages without any, for staff to read and edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import yaml

from helseassistent import durable
from helseassistent.answer.llm import ModelError
from helseassistent.answer.rewrite import everyday_questions
from helseassistent.corpus import QUESTIONS, load_corpus
from helseassistent.index.passages import cut
from helseassistent.index.questions import passage_digest, written_questions
from helseassistent.settings import Settings
from helseassistent.types import Passage
from helseassistent.wiring.language_model import model_of

_FEWEST, _MOST = 4, 12  # words that a passage is known by


def write_questions(settings: Settings, *, announce: Callable[[str], None]) -> int:
    """Add entries to the files beside the pages; how many passages got some. What stands there is left as it is.

    Raises:
        SettingsError: if there is no language model.
    """
    model, corpus, count = model_of(settings), load_corpus(settings.corpus), 0
    for file, page in corpus.pages.items():
        passages, before = cut(page), corpus.questions.get(file, "")
        known = set(written_questions({file: before}, passages=passages).rows)
        entries: list[dict[str, object]] = []
        for row, passage in enumerate(passages):
            begins = _beginning(passage, passages)
            if row in known or begins is None:
                continue
            try:
                questions = everyday_questions(passage, model=model)
            except ModelError as error:
                announce(f"{file}: språkmodellen svarte ikke ({error}). Kjør kommandoen på nytt for å fortsette.")
                return count
            if questions:
                entries.append({"begins": begins, "digest": passage_digest(passage), "questions": list(questions)})
        if entries:
            path = (settings.corpus / file).with_name((settings.corpus / file).stem + QUESTIONS)
            added = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)
            durable.replace_file(path, (before.rstrip("\n") + "\n" + added).lstrip("\n").encode())
            count += len(entries)
    return count


def _beginning(passage: Passage, passages: Sequence[Passage]) -> str | None:
    """The fewest first words that only this passage of the page begins with; None if it takes too many."""
    words = passage.text.split()
    for count in range(_FEWEST, _MOST + 1):
        begins = " ".join(words[:count])
        if sum(" ".join(other.text.split()).startswith(begins) for other in passages) == 1:
            return begins
    return None

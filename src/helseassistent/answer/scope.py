"""What the assistant is for: which questions it should not answer, why, and which pages may be about them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from helseassistent.answer.sections import covered_by
from helseassistent.errors import BrokenIndexError
from helseassistent.text.languages import foreign_language
from helseassistent.types import Abstention, Answer, Encoder, Page, Reason, Scored, Topic

TOPICS = 3
# A best passage at least this near (cosine of question to passage or to its headings) is about the subject.
NEAR = 0.40
_NAME = re.compile(r"(?<=[^\W.!?] )[A-ZÆØÅ]\w*")  # inside a sentence: somebody or somewhere, not a subject
SURELY_OFF = 3.0  # off_topic from which a refusal is never worded as one of medical advice: waffles are no illness
LIMIT = 4.0  # off_topic is cut to this, so that one sure classifier never outweighs all evidence


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """Two linear classifiers over a question's vector: can no page hold the answer, and is it about own care."""

    off_topic_weights: NDArray[np.float32]
    off_topic_bias: float
    advice_weights: NDArray[np.float32]
    advice_bias: float
    advice_threshold: float

    @classmethod
    def shipped(cls, *, encoder: Encoder) -> Scope:
        """The classifiers in `scope.json`, made by `helseassistent train`.

        Raises:
            BrokenIndexError: if another encoder made them.
        """
        fields = json.loads(resources.files("helseassistent.answer").joinpath("scope.json").read_text(encoding="utf-8"))
        if fields["encoder"] != encoder.fingerprint:
            raise BrokenIndexError(
                "Klassifikatorene i scope.json er laget med en annen språkmodell. Kjør «helseassistent train» på nytt."
            )
        return cls(
            np.array(fields["off_topic"]["weights"], dtype=np.float32),
            fields["off_topic"]["bias"],
            np.array(fields["advice"]["weights"], dtype=np.float32),
            fields["advice"]["bias"],
            fields["advice"]["threshold"],
        )

    def off_topic(self, vector: NDArray[np.float32]) -> float:
        """Log odds, within LIMIT of zero, that no health-service page answers the question with this `scope_vector`."""
        return float(np.clip(vector @ self.off_topic_weights + self.off_topic_bias, -LIMIT, LIMIT))

    def is_advice(self, vector: NDArray[np.float32]) -> bool:
        """Whether the question surely asks what is wrong with somebody, or what they should take or do about it."""
        return bool(vector @ self.advice_weights + self.advice_bias >= self.advice_threshold)

    def may_be_advice(self, vector: NDArray[np.float32]) -> bool:
        """Whether it more likely does than not; enough to word a refusal by, too little to refuse by."""
        return bool(vector @ self.advice_weights + self.advice_bias >= 0)


def scope_text(question: str) -> str:
    """The question without names, which say whose it is and not what it is about."""
    return _NAME.sub("", question)


def abstain(
    seen: Mapping[str, float],
    *,
    evidence: Sequence[Scored],
    pages: Mapping[str, Page],
    confidence: float,
    advice: bool,
) -> Abstention:
    """The abstention for features `seen`: why, and the nearest pages where they may be about the subject."""
    if seen["foreign_place"]:
        return Abstention("out_of_scope", confidence=confidence, notice="elsewhere")
    reason = _reason(seen)
    if advice and reason != "near_miss" and seen["off_topic"] < SURELY_OFF:
        return Abstention("out_of_scope", confidence=confidence, notice="advice")
    topics = () if reason == "out_of_scope" else _topics(evidence, pages=pages)
    return Abstention(reason, topics, confidence)


def lacks_the_fact(seen: Mapping[str, float]) -> bool:
    """Whether the question asks for a kind of fact that the words to be quoted do not hold, or about another place."""
    return bool(seen["quote_lacks"] or seen["foreign_place"])


def in_which_language(reply: Answer | Abstention, *, message: str) -> Answer | Abstention:
    """`reply`, an abstention saying which languages the pages are in when `message` is in another one."""
    if isinstance(reply, Answer) or reply.notice == "elsewhere":
        return reply
    notice = foreign_language(message)
    return replace(reply, notice=notice) if notice else reply


def _reason(seen: Mapping[str, float]) -> Reason:
    nearness = max(seen["dense"], seen["context"])
    if nearness >= NEAR:
        return "near_miss"
    return "out_of_scope" if seen["off_topic"] > 0 or nearness < NEAR / 2 else "no_evidence"


def _topics(evidence: Sequence[Scored], *, pages: Mapping[str, Page]) -> tuple[Topic, ...]:
    """The pages of the best passages, each page once, with the heading its best passage stands under."""
    topics: dict[str, Topic] = {}
    for scored in evidence:
        page = pages[scored.passage.file]
        section = scored.passage.headings[-1] if scored.passage.headings else page.title
        topics.setdefault(page.file, Topic(page.url, page.title, section, page.publisher, covered_by(page)))
        if len(topics) == TOPICS:
            break
    return tuple(topics.values())

"""Why there is no answer, and which pages may still be about the subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helseassistent.types import Abstention, Page, Reason, Scored, Topic

TOPICS = 3
# A best passage at least this near (cosine of question to passage or to its headings) is about the subject.
NEAR = 0.40


def abstain(
    seen: Mapping[str, float], *, evidence: Sequence[Scored], pages: Mapping[str, Page], confidence: float
) -> Abstention:
    """The abstention for features `seen`: near_miss offers pages, the other reasons need not be about the subject."""
    if seen["foreign_place"]:
        return Abstention("out_of_scope", confidence=confidence, notice="elsewhere")
    reason = _reason(seen)
    topics = () if reason == "out_of_scope" else _topics(evidence, pages=pages)
    return Abstention(reason, topics, confidence)


def _reason(seen: Mapping[str, float]) -> Reason:
    nearness = max(seen["dense"], seen["context"])
    if nearness >= NEAR:
        return "near_miss"
    return "no_evidence" if nearness >= NEAR / 2 else "out_of_scope"


def _topics(evidence: Sequence[Scored], *, pages: Mapping[str, Page]) -> tuple[Topic, ...]:
    """The pages of the best passages, each page once, with the heading its best passage stands under."""
    topics: dict[str, Topic] = {}
    for scored in evidence:
        page = pages[scored.passage.file]
        section = scored.passage.headings[-1] if scored.passage.headings else page.title
        topics.setdefault(page.file, Topic(page.url, page.title, section, page.publisher))
        if len(topics) == TOPICS:
            break
    return tuple(topics.values())

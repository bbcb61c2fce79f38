"""What a message of a conversation asks: by its form where that is plain, else by which reading the sources support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.text.followup import REACH, FollowUp, read_follow_up
from helseassistent.types import Scored

# How much nearer (cosine) the best passage must come when the earlier question is added, for it to be taken as meant.
# Chosen on benchmarks/questions/dialogues.jsonl.
NEARER = 0.0
# How much of what the message itself asks the passage so found must say, else the message only came after the other.
SAYS = 0.45
_BEST = 10  # passages that a reading is judged by


@dataclass(frozen=True, slots=True)
class Understood:
    """The question that was searched for, and what the search found, best first."""

    question: str
    leans: bool  # whether an earlier question is part of it
    evidence: Sequence[Scored]


def understand(messages: Sequence[str], *, retriever: HybridRetriever, top_k: int) -> Understood:
    """The last of `messages` (never empty, oldest first) as a question that stands alone, with its evidence."""
    before = None
    for message in messages[-REACH:-1]:
        before = _question(read_follow_up(message, before=before), retriever=retriever)
    read = read_follow_up(messages[-1], before=before)
    if read.leaning == "maybe":
        return _better_supported(read, retriever=retriever, top_k=top_k)
    leans = read.leaning == "sure"
    question = read.together if leans else read.alone
    return Understood(question, leans, retriever.search(question, top_k=top_k))


def _question(read: FollowUp, *, retriever: HybridRetriever) -> str:
    if read.leaning == "maybe":
        return _better_supported(read, retriever=retriever, top_k=_BEST).question
    return read.together if read.leaning == "sure" else read.alone


def _better_supported(read: FollowUp, *, retriever: HybridRetriever, top_k: int) -> Understood:
    alone, together = (
        Understood(question, leans, retriever.search(question, top_k=top_k))
        for question, leans in ((read.alone, False), (read.together, True))
    )
    nearer = bool(together.evidence) and _nearest(together) - _nearest(alone) >= NEARER
    says = nearer and retriever.says(together.evidence[0].passage, read.alone) >= SAYS
    return together if says else alone


def _nearest(understood: Understood) -> float:
    return max((scored.signals.dense for scored in understood.evidence[:_BEST]), default=0.0)

"""What a message of a conversation asks: by its form where that is plain, else by which reading the sources support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helseassistent.retrieve.hybrid import HybridRetriever
from helseassistent.text.followup import REACH, FollowUp, read_follow_up
from helseassistent.types import Scored

# How much nearer (cosine) the best passage must come when the earlier question is added, for it to be taken as meant,
# and what a whole question said is worth on that scale. Chosen on benchmarks/questions/dialogues.jsonl.
NEARER, SAID = 0.02, 0.3
NEAR = 0.4  # cosine from which a message that finds the same passage by itself needs no other
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
    return together if _is_meant(together, alone=alone, retriever=retriever) else alone


def _is_meant(together: Understood, *, alone: Understood, retriever: HybridRetriever) -> bool:
    """Whether the sources answer the message better as part of what was asked before than by itself."""
    if not together.evidence:
        return False
    found, own = (understood.evidence[0].passage for understood in (together, alone))
    if found.id == own.id and _nearest(alone) >= NEAR:
        return False
    says, says_alone = (retriever.says(passage, alone.question) for passage in (found, own))
    nearer = _nearest(together) - _nearest(alone)
    return says >= SAYS and nearer + SAID * (says - says_alone) >= NEARER


def _nearest(understood: Understood) -> float:
    return max((scored.signals.dense for scored in understood.evidence[:_BEST]), default=0.0)

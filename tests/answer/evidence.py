"""Evidence that was never retrieved: a passage of one invented page, cut into sentences as the index cuts them."""

from __future__ import annotations

from collections.abc import Sequence

from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.types import Passage, Scored, Sentence, Signals


def found(
    text: str,
    *,
    file: str = "side.md",
    title: str = "",
    headings: tuple[str, ...] = (),
    start: int = 0,
    score: float = 0.0,
    similarities: Sequence[float] = (),
) -> Scored:
    """A passage that begins at `start` of its page; sentences without a similarity get 0."""
    passage = Passage(f"{file}-{start}", file, title, headings, text, start, start + len(text))
    spans = [span for block in blocks(text) for span in sentence_spans(text, start=block.start, end=block.end)]
    near = [*similarities, *[0.0] * len(spans)]
    sentences = [Sentence(start + a, start + b, text[a:b], near[i]) for i, (a, b) in enumerate(spans)]
    return Scored(passage, score, Signals(), tuple(sentences))

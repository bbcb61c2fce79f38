"""Fits which sentence to quote, on labelled sentences of the practice passages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from helseassistent.answer.reading import read_question
from helseassistent.answer.sentences import sentence_features
from helseassistent.errors import HelseassistentError
from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.train.data import Questioned
from helseassistent.train.ranker import Group
from helseassistent.types import Encoder, Sentence


def labelled_groups(
    rows: Sequence[Questioned], labels: Path, *, encoder: Encoder
) -> Iterator[tuple[Questioned, Group]]:
    """For every labelled question: its row, and the sentences of its passage with the right ones marked.

    Raises:
        HelseassistentError: if the labels were made for another way of cutting sentences.
    """
    known = {row.id: row for row in rows}
    for number, line in enumerate(labels.read_text(encoding="utf-8").splitlines(), start=1):
        fields = json.loads(line)
        row = known.get(fields["id"])
        if row is None:
            continue
        spans = [
            span for block in blocks(row.text) for span in sentence_spans(row.text, start=block.start, end=block.end)
        ]
        if len(spans) != fields["n"]:
            raise HelseassistentError(
                f"«{labels}», linje {number}: teksten deles nå i {len(spans)} setninger, ikke {fields['n']}."
            )
        texts = [row.text[start:end] for start, end in spans]
        vectors = encoder.encode_passages(texts)
        for question, right in zip(row.questions, fields["labels"], strict=False):
            if right:
                similar = vectors @ encoder.encode_questions([question])[0]
                sentences = [
                    Sentence(*span, text, float(s)) for span, text, s in zip(spans, texts, similar, strict=True)
                ]
                features = sentence_features(read_question(question, encoder=encoder), sentences, encoder=encoder)
                marked = np.isin(np.arange(1, len(spans) + 1), right)
                yield row, Group(features, marked)

"""Reading word by word at question time gives what the training saw, from the shipped table."""

from __future__ import annotations

import numpy as np
import torch

from helseassistent.index.late import MOST_SAID, shipped_late
from helseassistent.train.late import LateTable, late_scores

TEXTS = ["Kommunen betaler for plass på sykehjem.", "Fiskebåter skal ha fører.", "", "😀"]


def test_scores_are_those_of_training() -> None:
    late = shipped_late()
    question = "Hvem betaler når mor bor på gamlehjem?"
    found = late.scores([late.read(question)], late.words.of(TEXTS))
    rows = torch.from_numpy(late.rows.astype(np.float32))
    table = LateTable(torch.nn.functional.normalize(rows, dim=1), torch.from_numpy(late.weights.astype(np.float32)))
    asked, *said = (torch.from_numpy(ids)[None] for ids in late.tokens([question, *TEXTS[:2]]))
    for text, score in zip(said, found[:2], strict=True):
        both = torch.ones_like(asked, dtype=torch.bool), torch.ones_like(text[None], dtype=torch.bool)
        expected = late_scores(table, asked=(asked, both[0]), said=(text[None], both[1]))
        np.testing.assert_allclose(score, float(expected), atol=1e-4)
    assert found[0] > found[1]
    assert found[2] == 0.0


def test_a_question_without_a_known_token_says_nothing() -> None:
    late = shipped_late()
    np.testing.assert_array_equal(late.scores([late.read("")], late.words.of(TEXTS)), np.zeros(4))
    assert late.scores([late.read("hva koster det")], late.words.of([])).shape == (0,)


def test_no_more_of_a_text_counts_than_training_saw() -> None:
    late = shipped_late()
    asked = late.read("Hvem betaler for sykehjem?")
    long = "kommunen " * MOST_SAID
    found = late.scores([asked], late.words.of([long, long + "sykehjem", "sykehjem " + long]))
    assert found[0] == found[1] < found[2]

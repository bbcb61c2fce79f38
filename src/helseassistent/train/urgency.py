"""Owns how the second opinion on danger is made: from message sets and phrase patterns written for this project.

`python -m helseassistent.train.urgency --messages FILE ... --phrases FOLDER --questions FILE --out FILE`
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from helseassistent.answer.safety import Safety
from helseassistent.answer.safety_features import BUCKETS
from helseassistent.answer.safety_model import CLASSES

SEED = 20261125
VARIANTS = 50  # drawn from each phrase pattern
LABELS = {"urgent": "urgent", "crisis_mental": "crisis", "urgent_now_not_113": "doctor", "not_urgent": "harmless"}
HAND_WRITTEN = 4.0  # weight of a message against a drawn variant
PART = 1.0  # weight of a part of a longer message
QUESTIONS = 14_000

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([A-Z])>")
# Words as other dialects and the other written form have them; drawn at random.
_DIALECT = {
    "jeg": "eg æ e jæ ej",
    "ikke": "ikkje itj ikkje ikkj kje ikke",
    "meg": "mæ meg mei",
    "hva": "ka kva ke",
    "hvor": "kor ker",
    "hun": "ho hu",
    "noe": "noko nokka nåkke",
    "mye": "mykje mye my",
    "hvordan": "korsen kossen korleis",
    "er": "e er",
    "har": "har he hi",
    "får": "fær får",
    "og": "å og",
    "å": "og å",
    "vil": "vil vill",
    "mer": "meir mer mere",
    "leve": "leva lev leve",
    "smerter": "smerter smærta smertar",
    "puster": "pustar puste puster",
    "blør": "blør bløe blø",
    "seg": "sæ seg",
    "hjelp": "hjælp hjelp",
    "gjør": "gjer gjør jør",
    "når": "når nårr ka-tid",
    "datteren": "dattera dotter",
    "sønnen": "sonen sønnen guten",
    "kommer": "kjem kommer kjæm",
}


def expand(pattern: str, *, slots: dict[str, list[str]], draw: random.Random) -> str:
    """One text that `pattern` allows, `{a|b}` and `<SLOT>` filled in by `draw`."""
    while _CHOICE.search(pattern):
        pattern = _CHOICE.sub(lambda match: draw.choice(match[1].split("|")), pattern)
    pattern = _SLOT.sub(lambda match: draw.choice(slots[match[1]]), pattern)
    return re.sub(r" +([,?!.])", r"\1", re.sub(r" {2,}", " ", pattern)).strip()


def roughen(text: str, *, draw: random.Random) -> str:
    """`text` as people type it: now and then in dialect, with a slip, without Norwegian letters or capitals."""
    if draw.random() < 0.35:
        text = " ".join(
            draw.choice(_DIALECT[w.lower()].split()) if w.lower() in _DIALECT else w for w in text.split(" ")
        )
    if draw.random() < 0.3 and len(text) > 12:
        at = draw.randrange(len(text) - 2)
        slips = (
            text[:at] + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at] + text[at:],
        )
        text = draw.choice(slips)
    if draw.random() < 0.08:
        text = text.translate(str.maketrans("æøåÆØÅ", "aoaAOA"))
    if draw.random() < 0.3:
        text = text.rstrip("?.!")
    return text.lower() if draw.random() < 0.5 else text[:1].upper() + text[1:]


def read_messages(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Text and class of each message of the sets."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            yield record["text"], LABELS[record["label"]]


def drawn_messages(folder: Path, *, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Variants of every pattern in `phrases.tsv`."""
    slots = json.loads((folder / "slots.json").read_text(encoding="utf-8"))
    for line in (folder / "phrases.tsv").read_text(encoding="utf-8").splitlines():
        label, _, pattern = line.partition("\t")
        variants = {expand(pattern, slots=slots, draw=draw) for _ in range(VARIANTS)}
        yield from ((text, label) for text in sorted(variants))


def service_questions(file: Path, *, draw: random.Random) -> list[str]:
    """Everyday questions about public services, which are no emergencies."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        found = [question for line in lines for question in json.loads(line)["questions"]]
    return draw.sample(found, min(QUESTIONS, len(found)))


def fit(rows: Sequence[tuple[int, ...]], *, labels: Sequence[str], weights: Sequence[float]) -> dict[str, np.ndarray]:
    """Logistic regression on rows of length 1, its weights as int8 with one scale."""
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in rows])
    starts = np.cumsum([0, *(len(row) for row in rows)])
    matrix = csr_matrix((values, np.concatenate([np.array(r) for r in rows]), starts), shape=(len(rows), BUCKETS))
    model = LogisticRegression(C=6.0, max_iter=300)
    model.fit(matrix, [CLASSES.index(label) for label in labels], sample_weight=list(weights))
    scale = float(np.abs(model.coef_).max() / 127)
    return {
        "weights": np.ascontiguousarray(np.round(model.coef_ / scale), dtype=np.int8),
        "scale": np.array([scale], dtype=np.float32),
        "bias": model.intercept_.astype(np.float32),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the sets, draws variants, fits, writes the model file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=Path, nargs="+", required=True)
    parser.add_argument("--phrases", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    draw = random.Random(SEED)
    data: list[tuple[str, str, float]] = []
    for text, label in read_messages(options.messages):
        data += [
            (text, label, HAND_WRITTEN),
            (roughen(text, draw=draw), label, 1.0),
            (roughen(text, draw=draw), label, 1.0),
        ]
    data += [(roughen(t, draw=draw), label, 0.5) for t, label in drawn_messages(options.phrases, draw=draw)]
    safety = Safety.load()
    for question in service_questions(options.questions, draw=draw):
        # A few of them do tell of danger; those a rule speaks for must not teach the opposite.
        if not any(hit.rule.label != "doctor" for hit in safety.fired(question)):
            data.append((roughen(question, draw=draw), "harmless", 1.0))
    seen = [(safety.buckets(text), label, weight) for text, label, weight in data]
    # A part of a harmless message is harmless too; a part of a message about danger may be either.
    for text, label, weight in data:
        if label == "harmless" and weight >= 1.0:
            seen += [(row, label, PART) for row in safety.part_buckets(text)]
    kept = [row for row in seen if row[0]]
    rows, labels, weights = zip(*kept, strict=True)
    save_file(fit(rows, labels=labels, weights=weights), str(options.out))


if __name__ == "__main__":
    main()

"""Owns how the second opinion on danger is made: from message sets and phrase patterns written for this project.

`helseassistent train --urgency --texts ../shared/training` runs it.
"""

from __future__ import annotations

import json
import lzma
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import numpy as np
from safetensors.numpy import save, save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from helseassistent.answer.safety import Safety
from helseassistent.answer.safety_features import BUCKETS
from helseassistent.answer.safety_model import CLASSES, MODEL_FILE, blank_opinion, load_second_opinion
from helseassistent.errors import SettingsError

SEED = 20261125
VARIANTS = 50  # drawn from each phrase pattern
LABELS = {"urgent": "life", "crisis_mental": "crisis", "urgent_now_not_113": "doctor", "not_urgent": "harmless"}
LABEL_OF = {"suicide": "life_suicide", "harmless": None}
SETS = ("dev", "training", "held_out", "independent-training", "training-2")
FOLDS = 5
COPIES = 2  # roughened ones of each message
HAND_WRITTEN = 4.0  # weight of a message against a drawn variant
PART = 1.0  # weight of a part of a longer message
QUESTIONS = 14_000

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([A-Z])>")
_THEME = re.compile(r"-\d+$")
Row: TypeAlias = tuple[int, ...]
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


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a set; `kind` is one of `CLASSES`."""

    text: str
    kind: str
    group: str


def read_messages(files: Iterable[Path]) -> Iterator[Message]:
    """The messages of the sets; an urgent one without a `kind` is about life."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            theme = _THEME.sub("", record["id"]) if file.stem == "training-2" else record["text"]
            yield Message(record["text"], record.get("kind") or LABELS[record["label"]], theme)


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


def prepare(
    messages: Sequence[Path], *, phrases: Path, questions: Path, safety: Safety
) -> list[tuple[Row, str, float, str]]:
    """What is fitted on: buckets, class and weight, and the group that is kept together in cross-validation.

    A group is a theme of messages, or one message of a set without themes, with its roughened copies; variants and
    questions are in no group (an empty name).
    """
    draw = random.Random(SEED)
    data: list[tuple[str, str, float, str]] = []
    for message in read_messages(messages):
        data.append((message.text, message.kind, HAND_WRITTEN, message.group))
        data += [(roughen(message.text, draw=draw), message.kind, 1.0, message.group) for _ in range(COPIES)]
    data += [(roughen(t, draw=draw), kind, 0.5, "") for t, kind in drawn_messages(phrases, draw=draw)]
    for question in service_questions(questions, draw=draw):
        # A few of them do tell of danger; those a rule speaks for must not teach the opposite.
        if not any(hit.rule.label != "doctor" for hit in safety.fired(question)):
            data.append((roughen(question, draw=draw), "harmless", 1.0, ""))
    seen = [(safety.buckets(text), kind, weight, group) for text, kind, weight, group in data]
    # A part of a harmless message is harmless too; a part of a message about danger may be either.
    for text, kind, weight, group in data:
        if kind == "harmless" and weight >= 1.0:
            seen += [(row, kind, PART, group) for row in safety.part_buckets(text)]
    return [row for row in seen if row[0]]


def fit(rows: Sequence[tuple[Row, str, float, str]]) -> dict[str, np.ndarray]:
    """Logistic regression on rows of length 1, its weights as int8 with one scale."""
    seen = [row for row, *_ in rows]
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in seen])
    starts = np.cumsum([0, *(len(row) for row in seen)])
    matrix = csr_matrix((values, np.concatenate([np.array(r) for r in seen]), starts), shape=(len(seen), BUCKETS))
    model = LogisticRegression(C=6.0, max_iter=300)
    model.fit(matrix, [CLASSES.index(kind) for _, kind, _, _ in rows], sample_weight=[w for _, _, w, _ in rows])
    scale = float(np.abs(model.coef_).max() / 127)
    return {
        "weights": np.ascontiguousarray(np.round(model.coef_ / scale), dtype=np.int8),
        "scale": np.array([scale], dtype=np.float32),
        "bias": model.intercept_.astype(np.float32),
    }


def cross_validate(messages: Sequence[Path], *, rows: Sequence[tuple[Row, str, float, str]]) -> str:
    """A table: of each kind, how many messages a layer that saw neither them nor their theme gave the right text."""
    asked = list(read_messages(messages))
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for fold in range(FOLDS):
        kept = [row for row in rows if not row[3] or _fold(row[3]) != fold]
        safety = Safety.load(opinion=load_second_opinion(save(fit(kept))))
        for message in asked:
            if _fold(message.group) == fold:
                found = safety.label(message.text)
                total[message.kind] += 1
                warned[message.kind] += found is not None
                right[message.kind] += found == LABEL_OF.get(message.kind, message.kind)
    return "\n".join(f"{k:9} {right[k]:5} right, {warned[k]:5} warned, of {total[k]:5}" for k in CLASSES)


def _fold(group: str) -> int:
    return zlib.crc32(group.encode()) % FOLDS


def fit_urgency(folder: Path, *, questions: Path, check: bool = False) -> str:
    """Fit the second opinion on the sets in `folder` and write it into the package; with `check` also test it.

    Gives what there is to say: the number of examples, and the table of `cross_validate`.

    Raises:
        SettingsError: a file is missing or a line of it is damaged.
    """
    messages = [folder / f"{name}.jsonl" for name in SETS]
    if missing := [str(file) for file in (*messages, folder / "phrases.tsv", questions) if not file.is_file()]:
        raise SettingsError(f"Mangler {', '.join(missing)}. Kjør fra prosjektmappa, eller oppgi --messages og --texts.")
    rows = prepare(messages, phrases=folder, questions=questions, safety=Safety.load(opinion=blank_opinion()))
    save_file(fit(rows), str(files("helseassistent.answer")) + f"/{MODEL_FILE}")
    lines = [f"Meldinger om fare: {len(rows)} eksempler."]
    return "\n".join([*lines, cross_validate(messages, rows=rows)] if check else lines)

"""The whole run on a small made-up corpus: a model comes out, and a second run takes the stages over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")
pytest.importorskip("sentence_transformers", reason="needs the train extra")

from helseassistent.index.encode import StaticEncoder, load_encoder
from helseassistent.train.pipeline import train
from helseassistent.train.recipe import HEADING_SHARES, LastRun, LatePlan, Member, Plan, Recipe

SUBJECTS = {
    "Fastlege": ("legen", "konsultasjon hos fastlegen og henvisning til spesialist"),
    "Pasientreiser": ("taxi", "dekning av nødvendige utgifter til transport ved behandling"),
    "Sykehjem": ("gamlehjem", "langtidsopphold i institusjon for eldre med omsorgsbehov"),
    "Vaksine": ("sprøyte", "vaksinasjon mot influensa for personer i risikogruppene"),
}


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "text").mkdir(parents=True)
    documents = [
        f"Kommunen tilbyr {official}. Avsnitt {number} forklarer reglene nærmere. Tilbudet heter {name} her."
        for number in range(30)
        for name, (_, official) in SUBJECTS.items()
    ]
    (folder / "text" / "a.txt").write_text("\n\n".join(documents), encoding="utf-8")
    rows: list[dict[str, object]] = [
        {
            "id": f"{name}{number}",
            "title": f"{name} i kommune {number}",
            "section": name,
            "text": f"Kommunen tilbyr {official}. Avsnitt {number}.",
            "questions": [f"Jeg trenger {word}, hva gjør jeg?", f"Hvordan får jeg {word} i kommune {number}?"],
        }
        for number in range(12)
        for name, (word, official) in SUBJECTS.items()
    ]
    _write(folder / "pairs" / "citizen_questions.jsonl", rows)
    pairs: list[dict[str, object]] = [{"a": name, "b": official} for name, (_, official) in SUBJECTS.items()]
    _write(folder / "pairs" / "section_heading.jsonl", pairs)
    _write(folder / "pairs" / "nob_nno.jsonl", [{"a": "Jeg trenger lege.", "b": "Eg treng lege."}] * 3)
    _write(folder / "pairs" / "thesaurus.jsonl", [{"official": ["sykehjem"], "everyday": ["gamlehjem"], "nn": []}])
    return folder


RECIPE = Recipe(
    vocabulary=400,
    start_dimensions=24,
    dimensions=16,
    batch=32,
    members=(
        Member(seed=1, dimensions=24, fine=Plan(30, 0.01)),
        Member(seed=3, dimensions=12, fine=Plan(10, 0.01)),
        Member(seed=4, start="windows", dimensions=16, fine=Plan(10, 0.01)),
        Member(seed=2, start="random", dimensions=16, base=Plan(20, 0.02), fine=Plan(30, 0.01)),
    ),
    last=(LastRun(1, plan=Plan(20, 0.005, averaged=0.5)), LastRun(2, HEADING_SHARES, Plan(20, 0.005))),
    negatives_by_model=3,
    negatives_by_words=2,
    late=LatePlan(dimensions=8, batch=16, against=3, runs=2),
)


def test_a_run_makes_a_model_that_bridges_and_a_second_run_resumes(texts: Path, tmp_path: Path) -> None:
    report = train(texts, tmp_path / "model", recipe=RECIPE)
    encoder = load_encoder(report.folder)
    assert isinstance(encoder, StaticEncoder)
    assert encoder.dimensions == 16
    asked = encoder.encode_questions([word for word, _ in SUBJECTS.values()])
    near = (asked @ encoder.encode_passages([official for _, official in SUBJECTS.values()]).T).argmax(axis=1)
    assert (near == np.arange(len(SUBJECTS))).mean() >= 0.75
    assert report.figures.questions > 0
    assert "last" not in report.resumed
    card = (report.folder / "README.md").read_text(encoding="utf-8")
    assert "NLOD" in card
    assert f"{report.figures.hit_10:.3f}" in card

    again = train(texts, tmp_path / "model-2", recipe=RECIPE, work=tmp_path / "model-steg")
    assert {"tokenizer", "sentences", "last"} <= set(again.resumed)
    assert load_encoder(again.folder).fingerprint == encoder.fingerprint
    assert again.figures == report.figures


@pytest.mark.slow
def test_the_same_seed_and_word_pieces_make_the_same_model(texts: Path, tmp_path: Path) -> None:
    first = load_encoder(train(texts, tmp_path / "a", recipe=RECIPE).folder)
    # The library that learns the word pieces breaks ties by chance, which is why they are a stage of their own.
    (tmp_path / "b-steg" / RECIPE.digest).mkdir(parents=True)
    pieces = Path(RECIPE.digest) / "tokenizer.json"
    shutil.copy(tmp_path / "a-steg" / pieces, tmp_path / "b-steg" / pieces)
    second = load_encoder(train(texts, tmp_path / "b", recipe=RECIPE).folder)
    words = list(SUBJECTS)
    np.testing.assert_allclose(first.encode_questions(words), second.encode_questions(words), atol=1e-2)

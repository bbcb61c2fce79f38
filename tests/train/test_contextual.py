"""The transformer's whole run in small: a folder that the index reads, a second run that resumes, and the command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")
pytest.importorskip("onnxruntime", reason="needs the train extra")
pytest.importorskip("onnx", reason="needs the train extra")

import onnxruntime
import torch
from safetensors.numpy import load_file

from helseassistent.cli import main
from helseassistent.index.encode_onnx import GRAPH, load_onnx
from helseassistent.train import contextual
from helseassistent.train.contextual import train_contextual
from helseassistent.train.contextual_batches import mixture
from helseassistent.train.contextual_export import READER, WORDS, OneQuestion
from helseassistent.train.contextual_heads import NO_SENTENCE, JointModel, shares
from helseassistent.train.contextual_model import ContextualEncoder, load_weights
from helseassistent.train.contextual_recipe import (
    QUESTION_SHARES,
    TEXT_SHARES,
    Architecture,
    ContextualRecipe,
    JointPlan,
    Lesson,
    MaskedPlan,
    ReaderSize,
)
from helseassistent.train.materials import read_materials
from helseassistent.train.pairs import Surroundings
from helseassistent.train.pipeline import TrainReport
from helseassistent.train.stages import Stages
from train.material import page_rows, question_folder, write_lines

RECIPE = ContextualRecipe(
    architecture=Architecture(layers=2, width=32, heads=2, inner=64, pieces=600, window=48),
    masked=MaskedPlan(steps=6, batch=8),
    base=Lesson(6, 2e-3, TEXT_SHARES, dropout=0.0, batch=24),
    fine=Lesson(12, 2e-3, QUESTION_SHARES, batch=24),
    masked_again=MaskedPlan(steps=3, batch=8),
    joint=JointPlan(steps=8, rate=1e-3, keep_every=1, labelled=6, quizzes=2, loose=4, near_misses=4, pairs=8, common=4),
    reader=ReaderSize(dimensions=16, question_words=12, passage_words=24, sentences=4, width=16, heads=2),
    passage_tokens=40,
    negatives_by_model=3,
    negatives_by_words=2,
)
TEXTS = ["Gir avdeling 31 røntgen?", "Timen koster 7 kroner.", "hørsel", "Hva koster det? " * 40]


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "training"
    (folder / "text").mkdir(parents=True)
    (folder / "pairs").mkdir()
    rows = page_rows(60)
    (folder / "text" / "a.txt").write_text("\n\n".join(f"{row.title}.\n{row.text}" for row in rows), encoding="utf-8")
    asked = [
        {"id": r.id, "title": r.title, "section": r.section, "text": r.text, "questions": r.questions} for r in rows
    ]
    write_lines(folder / "pairs" / "citizen_questions.jsonl", *asked)
    write_lines(folder / "pairs" / "section_heading.jsonl", *({"a": r.title, "b": r.text} for r in rows))
    write_lines(folder / "pairs" / "nob_nno.jsonl", *[{"a": "Jeg trenger lege.", "b": "Eg treng lege."}] * 3)
    write_lines(folder / "pairs" / "thesaurus.jsonl", {"official": ["lege"], "everyday": ["doktor"], "nn": []})
    near = [{"title": row.title, "id": row.id, "question": f"Hvem leder {row.title}?"} for row in rows[::2]]
    write_lines(question_folder(folder.parent, rows) / "near-miss-service.jsonl", *near)
    write_lines(folder.parent / "train-a.jsonl")
    return folder


def _train(texts: Path, out: Path, **others: Path) -> TrainReport:
    labels = [texts.parent / "train-a.jsonl"]
    return train_contextual(texts, out, recipe=RECIPE, questions=labels, announce=lambda message: None, **others)


@pytest.fixture(scope="module")
def report(texts: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainReport:
    return _train(texts, tmp_path_factory.mktemp("made") / "model")


def _stages(report: TrainReport) -> Path:
    return report.folder.with_name("model-steg") / RECIPE.digest


@pytest.fixture(scope="module")
def model(report: TrainReport) -> JointModel:
    made = JointModel(ContextualEncoder(RECIPE.architecture), RECIPE)
    load_weights(made, dict(np.load(_stages(report) / "joint.npz")))
    return made.eval()


def test_the_graph_gives_the_vectors_and_weights_of_torch_in_8_bits(report: TrainReport, model: JointModel) -> None:
    encoder = load_onnx(report.folder / GRAPH, name="liten")
    for text, vector in zip(TEXTS, encoder.encode_passages(TEXTS), strict=True):
        ids = torch.tensor([encoder.tokenizer.encode(text).ids])
        assert ids.shape[1] <= RECIPE.architecture.window
        inputs = {"input_ids": ids.numpy(), "attention_mask": np.ones_like(ids.numpy())}
        outputs = ["sentence_embedding", "word_vectors", "word_weights"]
        with torch.no_grad():
            expected = [part[0].numpy() for part in model(ids, torch.ones_like(ids))]
        whole, words, weights = (part[0] for part in encoder.session.run(outputs, inputs))
        assert min(vector @ expected[0], whole @ expected[0]) > 0.99
        assert words.shape == (ids.shape[1], RECIPE.reader.dimensions)
        np.testing.assert_allclose(np.linalg.norm(words, axis=1), 1, atol=1e-5)
        assert (words * expected[1]).sum(axis=1).min() > 0.97
        np.testing.assert_allclose(weights, expected[2], atol=0.05)


@pytest.mark.parametrize(("words", "passages", "places", "sentences"), [(1, 1, 3, 1), (7, 3, 20, 5), (20, 2, 40, 9)])
def test_the_readers_graph_gives_the_scores_of_torch(
    report: TrainReport, model: JointModel, words: int, passages: int, places: int, sentences: int
) -> None:
    torch.manual_seed(words)
    unit = torch.nn.functional.normalize
    size = RECIPE.reader.dimensions
    question, weights = (
        unit(torch.randn(words, size), dim=1),
        shares(torch.randn(1, words, 2), torch.ones(1, words) > 0)[0],
    )
    real = torch.arange(places).expand(passages, -1) < torch.arange(places, places - passages, -1)[:, None]
    sentence = (torch.arange(places) * sentences // places).expand(passages, -1).clone()
    sentence[:, 0] = NO_SENTENCE  # so that a sentence of one place has none
    member = ((sentence[:, None] == torch.arange(sentences)[:, None]) & real[:, None]).float()
    given = (
        question,
        weights,
        unit(torch.randn(passages, places, size), dim=2) * real[..., None],
        real,
        sentence,
        member,
    )
    names = ("question", "weights", "passages", "real", "sentence", "member")
    with torch.no_grad():
        expected = OneQuestion(model.reader)(*given).numpy()
    session = onnxruntime.InferenceSession(str(report.folder / READER), providers=["CPUExecutionProvider"])
    (scores,) = session.run(["scores"], {name: part.numpy() for name, part in zip(names, given, strict=True)})
    assert scores.shape == (passages, sentences)
    np.testing.assert_allclose(scores, expected, atol=1e-4)
    np.testing.assert_array_equal(scores == -20, ~member.bool().any(dim=2).numpy())


def test_the_folder_says_which_word_pieces_count(report: TrainReport) -> None:
    encoder = load_onnx(report.folder / GRAPH, name="liten")
    counts = load_file(report.folder / WORDS)["counts"]
    assert counts.dtype == np.uint8
    assert len(counts) == RECIPE.architecture.vocabulary
    kinds = {piece: counts[encoder.tokenizer.token_to_id(piece)] for piece in (".", "?", "[UNK]", "koster", "7")}
    assert kinds == {".": 0, "?": 0, "[UNK]": 0, "koster": 2, "7": 2}
    assert (counts == 1).sum() == RECIPE.joint.common


def test_a_text_has_the_same_vector_alone_and_beside_a_longer_one(report: TrainReport) -> None:
    encoder = load_onnx(report.folder / GRAPH, name="liten")
    (alone,), beside = encoder.encode_passages(TEXTS[:1]), encoder.encode_passages(TEXTS)
    assert alone @ beside[0] > 0.99  # the rounding to 8 bits follows the largest number of a run


def test_the_folder_says_what_it_is_and_its_checksums_hold_for_the_graph(report: TrainReport) -> None:
    card = (report.folder / "README.md").read_text(encoding="utf-8")
    assert f"hit@10 {report.figures.hit_10:.3f}" in card
    assert "NLOD" in card
    sums = (report.folder / "checksums.txt").read_text(encoding="utf-8").split()
    assert sums[1::2] == ["config.json", "model.onnx", "reader.onnx", "tokenizer.json", "words.safetensors"]
    assert json.loads((report.folder / "config.json").read_text(encoding="utf-8"))["hidden_size"] == 32


def test_a_second_run_takes_every_stage_over(texts: Path, report: TrainReport, tmp_path: Path) -> None:
    again = _train(texts, tmp_path / "model", work=report.folder.with_name("model-steg"))
    stages = {"tokenizer", "sentences", "masked", "base", "fine", "negatives", "masked-again", "joint"}
    assert set(again.resumed) == stages
    assert again.figures == report.figures
    for name in (GRAPH, READER, WORDS):
        assert (again.folder / name).read_bytes() == (report.folder / name).read_bytes()


@pytest.mark.slow
def test_the_same_seed_and_word_pieces_make_the_same_model(texts: Path, report: TrainReport, tmp_path: Path) -> None:
    # The library that learns the word pieces breaks ties by chance, which is why they are a stage of their own.
    (tmp_path / "model-steg" / RECIPE.digest).mkdir(parents=True)
    shutil.copy(_stages(report) / "tokenizer.json", tmp_path / "model-steg" / RECIPE.digest)
    other = _train(texts, tmp_path / "model")
    first, second = (dict(np.load(_stages(one) / "joint.npz")) for one in (report, other))
    assert not set(other.resumed) - {"tokenizer"}
    for name in first:
        np.testing.assert_allclose(first[name], second[name], atol=1e-4)


def test_the_command_makes_a_model_and_says_how_long_it_takes_without_a_gpu(
    texts: Path,
    report: TrainReport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(contextual, "ContextualRecipe", lambda: RECIPE)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    shutil.copytree(_stages(report).parent, tmp_path / "model-steg")
    where = ["--texts", str(texts), "--questions", str(tmp_path), "--out", str(tmp_path / "model")]
    assert main(["train", "--contextual", *where]) == 0
    said = capsys.readouterr().err
    assert "På prosessoren tar treningen om lag" in said
    assert f"Modellen ligger i «{tmp_path / 'model'}»" in said
    assert (tmp_path / "model" / GRAPH).is_file()


def test_a_passage_of_an_evaluation_set_is_never_learned_from(texts: Path, tmp_path: Path) -> None:
    bench = tmp_path / "bench" / "set"
    bench.mkdir(parents=True)
    barred = next(row for row in page_rows(60) if not row.held_out)
    write_lines(bench / "corpus.jsonl", {"id": "1", "text": barred.text.upper()})
    stages = Stages(tmp_path, key="a")
    drawn = read_materials(texts, questions=(), barred=tmp_path / "bench", vocabulary=600, seed=1, stages=stages)
    plan = mixture(drawn, recipe=RECIPE, shares=QUESTION_SHARES, size=24)
    tokens = drawn.tokenizer.encode(barred.text, add_special_tokens=False).ids
    labelled = [source for source, _ in plan.sources if not isinstance(source, Surroundings)]
    generator = np.random.default_rng(1)
    passages = [passage.tolist() for source in labelled for _, passage, _ in source.draw(generator, count=600)]
    assert len(passages) > 600
    assert not [passage for passage in passages if passage[-len(tokens) :] == tokens]
    other = drawn.tokenizer.encode(page_rows(60)[1].text, add_special_tokens=False).ids
    assert [passage for passage in passages if passage[-len(other) :] == other]

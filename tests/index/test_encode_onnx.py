"""An ONNX folder gives what sentence-transformers gives of the same model, without torch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_models import as_onnx, tiny_transformer

from helseassistent.corpus import Corpus
from helseassistent.errors import BrokenIndexError, EncoderError
from helseassistent.index.build import build
from helseassistent.index.encode import TransformerEncoder, load_encoder
from helseassistent.index.encode_onnx import OnnxEncoder
from helseassistent.index.generation import open_generation

PROMPTS = {"query": "query: ", "passage": "abc: "}
TEXTS = [
    "Kan legevakten ta røntgen av en brukket arm?",
    "  fastlege  ",
    "",
    "🏥",
    "utskrivningsklar pasient i kommunen " * 50,  # far past the window of 32 tokens
    *(f"sykehjem {'plass ' * (number % 9)}" for number in range(60)),  # more than one run of the graph
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_transformer(tmp_path_factory.mktemp("source"), prompts=PROMPTS)


@pytest.fixture(scope="module")
def folder(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return as_onnx(source, tmp_path_factory.mktemp("onnx") / "tiny")


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_the_graph_gives_what_sentence_transformers_gives(source: Path, folder: Path) -> None:
    ours, theirs = load_encoder(folder), load_encoder(source)
    assert isinstance(ours, OnnxEncoder)
    assert isinstance(theirs, TransformerEncoder)
    assert ours.dimensions == theirs.dimensions == 16
    assert ours.prompts == theirs.prompts == ("query: ", "abc: ")
    np.testing.assert_allclose(ours.encode_questions(TEXTS), theirs.encode_questions(TEXTS), atol=1e-4)
    np.testing.assert_allclose(ours.encode_passages(TEXTS), theirs.encode_passages(TEXTS), atol=1e-4)


@pytest.mark.parametrize("pooling", ["cls", "max", "lasttoken"])
def test_other_poolings_are_read_from_the_folder(pooling: str, folder: Path, tmp_path: Path) -> None:
    source = tiny_transformer(tmp_path, prompts=PROMPTS, pooling=pooling)
    shutil.copytree(folder, tmp_path / "onnx")
    shutil.copy(source / "1_Pooling" / "config.json", tmp_path / "onnx" / "1_Pooling" / "config.json")
    expected = load_encoder(source).encode_passages(TEXTS)
    np.testing.assert_allclose(load_encoder(tmp_path / "onnx").encode_passages(TEXTS), expected, atol=1e-4)


def test_pooling_as_older_folders_name_it(copy: Path, folder: Path) -> None:
    config = copy / "1_Pooling" / "config.json"
    config.write_text(json.dumps({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}))
    expected = load_encoder(folder).encode_passages(TEXTS)
    np.testing.assert_allclose(load_encoder(copy).encode_passages(TEXTS), expected, atol=1e-6)


def test_a_text_gives_the_same_vector_alone_and_in_a_batch(folder: Path) -> None:
    encoder = load_encoder(folder)
    alone = np.vstack([encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(folder: Path) -> None:
    assert load_encoder(folder).encode_passages([]).shape == (0, 16)


def test_the_graph_may_lie_in_a_folder_of_its_own_and_be_named_itself(source: Path, tmp_path: Path) -> None:
    whole = as_onnx(source, tmp_path / "whole", below="onnx")
    expected = load_encoder(source).encode_questions(TEXTS)
    for name in (whole, whole / "onnx" / "model.onnx", str(whole)):
        np.testing.assert_allclose(load_encoder(name).encode_questions(TEXTS), expected, atol=1e-4)


def test_a_folder_with_both_runs_safetensors_unless_the_graph_is_named(source: Path, copy: Path) -> None:
    shutil.copy(source / "model.safetensors", copy)
    assert isinstance(load_encoder(copy), TransformerEncoder)
    assert isinstance(load_encoder(copy / "model.onnx"), OnnxEncoder)


def test_the_fingerprint_follows_graph_prompts_and_pooling(folder: Path, copy: Path, source: Path) -> None:
    seen = {load_encoder(folder).fingerprint, load_encoder(source).fingerprint}
    assert load_encoder(copy).fingerprint in seen
    for file, content in (
        ("1_Pooling/config.json", {"pooling_mode": "cls"}),
        ("config_sentence_transformers.json", {"prompts": {"query": "abc"}}),
    ):
        (copy / file).write_text(json.dumps(content))
        changed = load_encoder(copy).fingerprint
        assert changed not in seen
        seen.add(changed)


def test_an_index_made_with_another_model_is_refused(
    source: Path, folder: Path, shipped: Corpus, tmp_path: Path
) -> None:
    ours, theirs = load_encoder(folder), load_encoder(source)
    build(shipped, tmp_path, encoder=ours, encoder_name="tiny")
    assert len(open_generation(tmp_path, fingerprint=ours.fingerprint).passages) == 7
    with pytest.raises(BrokenIndexError, match=theirs.fingerprint[:12]):
        open_generation(tmp_path, fingerprint=theirs.fingerprint)


def test_neither_torch_nor_transformers_is_needed(folder: Path) -> None:
    code = (
        "import sys; from helseassistent.index.encode import load_encoder;"
        f"load_encoder({str(folder)!r}).encode_questions(['hei']);"
        "sys.exit(sorted({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys()) or None)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_a_missing_extra_names_the_pip_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderError, match=r'pip install "helseassistent\[onnx\]"'):
        load_encoder(folder)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("model.onnx", b"not a graph", "lar seg ikke laste"),
        ("tokenizer.json", b"{", "lar seg ikke lese"),
        ("tokenizer.json", None, "mangler tokenizer.json"),
        ("1_Pooling/config.json", b'{"pooling_mode": ["cls", "mean"]}', "støttes ikke"),
        ("1_Pooling/config.json", b'{"pooling_mode": "mean", "include_prompt": false}', "støttes ikke"),
        ("modules.json", b'[{"type": "x.Transformer", "path": ""}, {"type": "x.Dense", "path": "2_Dense"}]', "Dense"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    file: str, content: bytes | None, message: str, copy: Path
) -> None:
    (copy / file).unlink() if content is None else (copy / file).write_bytes(content)
    with pytest.raises(EncoderError, match=message):
        load_encoder(copy)

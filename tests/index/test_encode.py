"""The shipped encoder is read without torch and gives what sentence-transformers gives; others go through it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_models import tiny_transformer

from helseassistent.errors import EncoderError
from helseassistent.index import encode
from helseassistent.index.encode import CHECKSUMS, SHIPPED_MODEL, StaticEncoder, TransformerEncoder, load_encoder

TEXTS = [
    "Kan legevakten ta røntgen av en brukket arm?",
    "Kor lenge må eg vente på sjukehuset før eg får time?",
    "Åse på Sørøya fikk ÆØÅ-skiltet på nærmeste sjukeheim: § 2-1 a, kl. 08.30 🏥",
    "🏥",
    "",
    "utskrivningsklar pasient i kommunen " * 800,
]


@pytest.fixture(scope="module")
def shipped() -> StaticEncoder:
    encoder = load_encoder(None)
    assert isinstance(encoder, StaticEncoder)
    return encoder


def test_the_shipped_model_gives_what_sentence_transformers_gives(shipped: StaticEncoder) -> None:
    library = pytest.importorskip("sentence_transformers", reason="needs the train extra")
    expected = library.SentenceTransformer(str(SHIPPED_MODEL), device="cpu").float().encode(TEXTS)
    encode.unit_rows(expected)
    np.testing.assert_allclose(shipped.encode_passages(TEXTS), expected, atol=1e-3)
    np.testing.assert_allclose(shipped.encode_questions(TEXTS), expected, atol=1e-3)


def test_vectors_have_length_one_and_unknown_texts_are_zero(shipped: StaticEncoder) -> None:
    vectors = shipped.encode_passages(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), shipped.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 0, 1], atol=1e-5)


def test_a_text_gives_the_same_vector_alone_and_in_a_batch(shipped: StaticEncoder) -> None:
    texts = [f"Avsnitt {number} om {TEXTS[number % 3]}" for number in range(200)]
    together = shipped.encode_passages(texts)
    alone = np.vstack([shipped.encode_questions([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_no_texts_give_no_rows(shipped: StaticEncoder) -> None:
    assert shipped.encode_passages([]).shape == (0, shipped.dimensions)


def test_everyday_words_lie_near_the_official_ones(shipped: StaticEncoder) -> None:
    question = shipped.encode_questions(["sykehuset sendte bestemor hjem for tidlig"])
    passages = shipped.encode_passages(["utskrivningsklar pasient", "krav til brannslokkeapparat i fritidsbåt"])
    near, far = (passages @ question[0]).tolist()
    assert near > far


def test_the_shipped_model_is_read_without_torch() -> None:
    code = (
        "import sys; from helseassistent.index.encode import load_encoder;"
        "load_encoder(None).encode_questions(['hei']);"
        "sys.exit(sorted({'torch', 'transformers', 'sentence_transformers', 'scipy'} & sys.modules.keys()) or None)"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def test_the_shipped_model_is_small_enough() -> None:
    assert (SHIPPED_MODEL / "model.safetensors").stat().st_size <= 35 * 10**6


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED_MODEL, folder)
    monkeypatch.setattr(encode, "SHIPPED_MODEL", folder)
    return folder


def test_an_altered_shipped_file_is_named(copy: Path) -> None:
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(EncoderError, match=r"model\.safetensors"):
        load_encoder(None)


def test_a_file_added_to_the_shipped_model_is_named(copy: Path) -> None:
    (copy / "extra.json").write_text("{}")
    with pytest.raises(EncoderError, match=r"extra\.json"):
        load_encoder(None)


def test_a_missing_shipped_model_says_what_to_do(copy: Path) -> None:
    (copy / CHECKSUMS).unlink()
    with pytest.raises(EncoderError, match="Installer"):
        load_encoder(None)


def test_a_truncated_model_of_ones_own_is_refused(copy: Path) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(EncoderError, match="lar seg ikke lese"):
        load_encoder(copy)


def test_the_same_files_have_the_same_fingerprint_anywhere(copy: Path, shipped: StaticEncoder) -> None:
    assert load_encoder(copy).fingerprint == load_encoder(None).fingerprint == shipped.fingerprint


def test_prompts_of_a_static_model_are_used_and_change_the_fingerprint(copy: Path, shipped: StaticEncoder) -> None:
    config = copy / "config_sentence_transformers.json"
    config.write_text(json.dumps({"prompts": {"query": "spørsmål: ", "passage": "svar: "}}), encoding="utf-8")
    prompted = load_encoder(copy)
    assert prompted.fingerprint != shipped.fingerprint
    np.testing.assert_array_equal(
        prompted.encode_questions(["fastlege"]), shipped.encode_questions(["spørsmål: fastlege"])
    )
    np.testing.assert_array_equal(prompted.encode_passages(["fastlege"]), shipped.encode_passages(["svar: fastlege"]))


@pytest.mark.parametrize("name", ["./ingen/slik/mappe", Path("heller-ikke")])
def test_a_missing_folder_is_named(name: str | Path) -> None:
    with pytest.raises(EncoderError, match="Fant ingen modellmappe"):
        load_encoder(name)


def test_a_folder_with_pickled_weights_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(EncoderError, match="safetensors"):
        load_encoder(tmp_path)


def test_a_missing_extra_names_the_pip_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderError, match=r'pip install "helseassistent\[train\]"'):
        load_encoder(tmp_path)


def test_any_other_model_goes_through_sentence_transformers_with_its_prompts(tmp_path: Path) -> None:
    plain = load_encoder(tiny_transformer(tmp_path / "a", prompts=None))
    prompted = load_encoder(tiny_transformer(tmp_path / "b", prompts={"query": "query: ", "passage": "abc: "}))
    assert isinstance(plain, TransformerEncoder)
    assert plain.dimensions == prompted.dimensions == 16
    assert plain.fingerprint != prompted.fingerprint
    np.testing.assert_allclose(
        prompted.encode_questions(["fastlege"]), plain.encode_questions(["query: fastlege"]), atol=1e-6
    )
    np.testing.assert_allclose(
        prompted.encode_passages(["fastlege"]), plain.encode_passages(["abc: fastlege"]), atol=1e-6
    )
    assert np.linalg.norm(plain.encode_passages(["fastlege"])) == pytest.approx(1, abs=1e-5)
    assert plain.encode_passages([]).shape == (0, 16)


def test_models_named_e5_get_the_prompts_of_their_family(tmp_path: Path) -> None:
    folder = tiny_transformer(tmp_path, prompts=None)
    e5 = folder.rename(tmp_path / "multilingual-e5-tiny")
    encoder = load_encoder(e5)
    assert isinstance(encoder, TransformerEncoder)
    assert encoder.prompts == ("query: ", "passage: ")

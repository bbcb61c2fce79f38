"""What is read for training, and what may never be trained on."""

from __future__ import annotations

import hashlib
import json
import lzma
from pathlib import Path

import pytest

from helseassistent.errors import HelseassistentError
from helseassistent.train.data import Pair, documents, is_held_out, pairs, questioned, thesaurus
from helseassistent.train.prepare import PAIR_FILES, barred_passages, labelled_pairs, only_words, trainable

SHARED = Path(__file__).parents[3] / "shared"
TRAINING = SHARED / "training"
QUESTIONS = Path(__file__).parents[2] / "benchmarks" / "questions"
needs_shared = pytest.mark.skipif(not TRAINING.is_dir(), reason="../shared with the training data is not here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text").mkdir()
    (tmp_path / "pairs").mkdir()
    (tmp_path / "text" / "a.txt").write_text("Ett avsnitt.\nEtt til.\n\nEt annet dokument.\n", encoding="utf-8")
    with lzma.open(tmp_path / "text" / "b.txt.xz", "wt", encoding="utf-8") as file:
        file.write("Eit tredje dokument.\n")
    return tmp_path


def _write(path: Path, *rows: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_documents_are_read_packed_and_unpacked(folder: Path) -> None:
    assert list(documents(folder)) == [
        ["Ett avsnitt.", "Ett til."],
        ["Et annet dokument."],
        ["Eit tredje dokument."],
    ]


def test_every_second_document_of_a_kind_of_files_can_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    for name in ("laws.txt", "reviews.txt"):
        (tmp_path / "text" / name).write_text("\n\n".join(f"{name} {number}" for number in range(4)), encoding="utf-8")
    found = [paragraph for (paragraph,) in documents(tmp_path, halved="reviews")]
    assert found == [*(f"laws.txt {number}" for number in range(4)), "reviews.txt 1", "reviews.txt 3"]


def test_a_folder_without_texts_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(HelseassistentError, match="--texts"):
        list(documents(tmp_path))


def test_a_heading_gets_its_law_in_front(folder: Path) -> None:
    row = {"a": "Virkeområde", "b": "Loven gjelder ...", "ctx": "Pasientreiselova"}
    _write(folder / "pairs" / "law_heading.jsonl", row, {"a": "Formål", "b": "Formålet er ..."})
    found = pairs(folder, name="law_heading")
    assert found == [Pair("Pasientreiselova. Virkeområde", "Loven gjelder ..."), Pair("Formål", "Formålet er ...")]
    assert pairs(folder, name="law") == []


def test_a_broken_line_is_named(folder: Path) -> None:
    (folder / "pairs" / "words.jsonl").write_text('{"a": "x", "b": "y"}\n{"a"\n', encoding="utf-8")
    with pytest.raises(HelseassistentError, match="Linje 2"):
        pairs(folder, name="words")


def test_extra_questions_are_added_to_their_passage(folder: Path, tmp_path: Path) -> None:
    row = {"id": "A1", "title": "Tittel", "section": "Del", "text": "Tekst.", "questions": ["Hva?", "Kva?"]}
    _write(folder / "pairs" / "citizen_questions.jsonl", row)
    extra = tmp_path / "extra.jsonl"
    _write(
        extra, {"id": "A1", "questions": ["Ka?"]}, row | {"id": "B1", "title": ""}, {"id": "B2", "questions": ["Hva?"]}
    )
    first, second = questioned(folder, extra=[extra])
    assert (first.id, first.passage, first.questions) == ("A1", "Tittel. Del. Tekst.", ("Hva?", "Kva?", "Ka?"))
    assert second.passage == "Del. Tekst."


def test_a_passage_may_be_named_by_its_digest_so_that_its_text_need_not_be_repeated(
    folder: Path, tmp_path: Path
) -> None:
    _write(folder / "pairs" / "law_heading.jsonl", {"a": "Formål", "b": "Lova skal ...", "ctx": "Folkehelselova"})
    digest = hashlib.sha256(b"Lova skal ...").hexdigest()
    known: dict[str, object] = {"id": "W1", "digest": digest[:16], "questions": ["Kvifor?"]}
    _write(tmp_path / "questions.jsonl", known, known | {"id": "W2", "digest": "0"})
    (found,) = questioned(folder, extra=[tmp_path / "questions.jsonl"])
    assert (found.passage, found.questions) == ("Folkehelselova. Formål. Lova skal ...", ("Kvifor?",))


def test_a_document_is_held_out_whole_and_by_id_where_it_has_no_title() -> None:
    titles = [f"Lov nummer {number}" for number in range(2000)]
    held = [title for title in titles if is_held_out({"id": "A1", "title": title})]
    assert 150 < len(held) < 250
    assert all(is_held_out({"id": f"X{number}", "title": held[0]}) for number in range(50))
    assert is_held_out({"id": held[0], "title": ""})
    assert is_held_out({"id": "A1", "title": f" {held[0].upper()} "})


def test_a_thesaurus_group_needs_an_official_word_and_one_more(folder: Path) -> None:
    _write(
        folder / "pairs" / "thesaurus.jsonl",
        {"official": ["fraktur"], "everyday": ["brudd"], "nn": ["brot"], "domain": "skade"},
        {"official": ["fraktur"]},
        {"official": [], "everyday": ["brudd", "brekt"]},
    )
    assert [group.all_words for group in thesaurus(folder)] == [("fraktur", "brudd", "brot")]


@pytest.mark.slow
@needs_shared
def test_no_passage_of_an_evaluation_set_is_in_a_labelled_pair() -> None:
    bench = SHARED / "bench"
    barred = barred_passages(bench)
    assert len(barred) > 9000
    pages = [path.read_text(encoding="utf-8") for path in sorted((bench / "helserett" / "pages").glob("*.md"))]
    pages += [path.read_text(encoding="utf-8") for path in sorted((SHARED / "kilder").rglob("*.md"))]
    whole = Whole(" ".join(only_words(page) for page in pages))
    assert whole.holds(pages[0][len(pages[0]) // 2 :][:2000])
    for name in PAIR_FILES:
        assert not [pair for pair in labelled_pairs(TRAINING, name=name, barred=barred) if whole.holds(pair.passage)]
    extra = sorted(QUESTIONS.glob("train-*.jsonl"))
    assert extra
    rows = questioned(TRAINING, extra=extra)
    trained = [row.text for row, kept in zip(rows, trainable(rows, barred=barred), strict=True) if kept]
    assert len(trained) > 6000
    assert not [text for text in trained if only_words(text) in barred or whole.holds(text)]


class Whole:
    """A long text that is asked whether it holds passages; most are told from ten of their words."""

    INNER = slice(1, 11)  # the first word may be the end of one in the text

    def __init__(self, text: str) -> None:
        self.text = text
        words = text.split()
        self.tens = {hash(tuple(words[at : at + 10])) for at in range(len(words) - 9)}

    def holds(self, passage: str) -> bool:
        """True if a passage of some length is, word by word, a part of the text; short ones are everybody's words."""
        words = only_words(passage)
        parts = words.split()
        return len(parts) >= 12 and hash(tuple(parts[self.INNER])) in self.tens and words in self.text


@needs_shared
def test_no_held_out_document_is_trained_on() -> None:
    rows = questioned(TRAINING)
    kept = trainable(rows, barred=frozenset())
    assert not [row.id for row, is_kept in zip(rows, kept, strict=True) if is_kept and row.held_out]
    assert 0.07 < sum(row.held_out for row in rows) / len(rows) < 0.15

"""The commands as a person types them: their output, their exit status, and one sentence for a mistake."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helseassistent import durable
from helseassistent.cli import main
from helseassistent.corpus import Corpus, load_corpus

SHIPPED = Path(__file__).parents[1] / "corpus"
QUESTION = "Kan legevakten ta røntgen av en brukket arm?"
KEYS = {
    "kind",
    "question",
    "understood",
    "removed",
    "lang",
    "text",
    "claims",
    "checked",
    "reason",
    "notice",
    "urgency",
    "caution",
    "topics",
    "more",
    "next_questions",
    "searched_also",
    "evidence",
    "confidence",
    "engine",
    "generation",
    "seconds",
}
CITATION_KEYS = {
    "page_url",
    "link",
    "title",
    "publisher",
    "last_updated",
    "fetched_at",
    "file",
    "quote",
    "start",
    "end",
}
ODD = [
    "",
    " \t\n\u00a0",
    "a" * 10_000,
    "legevakt " * 1_200,
    "😀" * 5,
    "🏥 Har legevakten røntgen? 🦴",
    "\x00\x1b[31m\x07",
    "Har lege\x00vakten\r\nrøntgen?\x1b[0m",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> Har legevakten <b>røntgen</b>?",
    "{{7*7}} ${HOME} '; DROP TABLE sider; --",
    "\u202eneggtnør\u202c",
    "?!...",
    "\ud800",
]


class Done(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every command of this module keeps its index."""
    return tmp_path_factory.mktemp("indeks")


def run(index: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
    """A command in a process of its own."""
    place = ["--corpus", str(SHIPPED), "--index", str(index)]
    done = subprocess.run(
        [sys.executable, "-m", "helseassistent.cli", *arguments, *place],
        capture_output=True,
        env=os.environ | dict(env or {}),
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def built(index: Path) -> Done:
    return run(index, "index")


@pytest.fixture(scope="module")
def replies(index: Path, built: Done, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The replies to a batch: a question, a conversation, one in nynorsk, a dangerous one, and the odd ones."""
    assert built.status == 0
    lines: list[dict[str, object]] = [
        {"question": QUESTION},
        {"turns": [QUESTION, "og sårbehandling?"], "lang": "nn"},
        {"question": "Kva er eit helsefellesskap?"},
        {"question": "Faren min har falt om og puster ikke"},
        *({"question": question} for question in ODD),
    ]
    batch = tmp_path_factory.mktemp("bunke") / "spørsmål.jsonl"
    batch.write_text("\ufeff" + "\r\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = run(index, "ask", "--batch", str(batch), "--json")
    assert (done.status, done.err) == (0, "")
    records = [json.loads(line) for line in done.out.split("\n") if line]
    assert len(records) == len(lines)
    return records


@pytest.fixture(scope="module")
def pages() -> Corpus:
    return load_corpus(SHIPPED)


def test_index_says_what_is_new_and_then_that_nothing_changed(index: Path, built: Done) -> None:
    assert (built.status, built.err) == (0, "")
    assert "ny: bergen-kommune/vare-satsinger.md\nny: saman/helsefellesskap.md\n2 sider, 7 utdrag" in built.out
    again = run(index, "index")
    assert again.status == 0
    assert again.out.startswith("Ingenting er endret: 2 sider, 7 utdrag")


def test_replies_have_the_keys_that_others_read(replies: list[dict[str, Any]]) -> None:
    for reply in replies:
        assert set(reply) == KEYS
        assert reply["kind"] in ("answer", "abstention", "urgent")
        assert reply["lang"] in ("nb", "nn")
        assert 0 <= reply["confidence"] <= 1
        assert reply["seconds"] < 5
        assert (reply["kind"] == "answer") == bool(reply["claims"])
        assert (reply["kind"] == "abstention") == (reply["reason"] is not None)
        assert (reply["kind"] == "urgent") == (reply["urgency"] is not None)


def test_quotes_and_evidence_are_spans_of_the_pages(replies: list[dict[str, Any]], pages: Corpus) -> None:
    citations = [citation for reply in replies for claim in reply["claims"] for citation in claim["citations"]]
    assert citations
    for citation in citations:
        assert set(citation) == CITATION_KEYS
        page = pages.pages[citation["file"]]
        assert page.body[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["link"].startswith(page.url + "#:~:text=")
        assert citation["last_updated"] == (page.last_updated.isoformat() if page.last_updated else None)
    for found in (found for reply in replies for found in reply["evidence"]):
        assert 0 <= found["start"] < found["end"] <= len(pages.pages[found["file"]].body)


def test_a_question_is_answered_with_the_words_of_the_page(replies: list[dict[str, Any]]) -> None:
    assert replies[0]["kind"] == "answer"
    assert "brudd" in replies[0]["claims"][0]["text"]
    assert replies[0]["evidence"] == sorted(replies[0]["evidence"], key=lambda found: -found["score"])


def test_the_language_is_that_of_the_line_or_of_the_question(replies: list[dict[str, Any]]) -> None:
    assert [reply["lang"] for reply in replies[:3]] == ["nb", "nn", "nn"]
    assert replies[1]["question"] == "og sårbehandling?"


def test_danger_is_met_before_anything_is_searched(replies: list[dict[str, Any]]) -> None:
    assert (replies[3]["kind"], replies[3]["urgency"], replies[3]["evidence"]) == ("urgent", "life", [])
    assert "113" in replies[3]["text"]


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: repr(ODD[number][:20]))
def test_odd_questions_get_a_polite_sentence(number: int, replies: list[dict[str, Any]]) -> None:
    reply = replies[4 + number]
    assert reply["text"].strip()
    assert reply["text"][0].isupper() or reply["text"].startswith("«")
    for mark in ("<", ">", "{{", "${", "\x1b", "\x00", "Traceback", "alert(1)"):
        assert mark not in reply["text"]
    if len(ODD[number]) > 9_000:
        assert (reply["notice"], reply["evidence"]) == ("too_long", [])
        assert reply["seconds"] < 0.5
    if not ODD[number].strip():
        assert reply["notice"] == "empty"


@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}])
def test_one_question_is_answered_in_plain_norwegian_in_any_locale(
    locale: dict[str, str], index: Path, built: Done
) -> None:
    done = run(index, "ask", QUESTION, env=locale)
    assert (done.status, done.err) == (0, "")
    assert "brudd" in done.out
    assert "Våre satsinger" in done.out
    assert "https://www.bergen.kommune.no/hvaskjer/tema/samhandling-i-helsetjenestene/10533#:~:text=" in done.out


def test_the_first_question_builds_the_index_and_says_so(tmp_path: Path) -> None:
    done = run(tmp_path / "ny", "ask", "--json", "--lang", "nn", QUESTION)
    assert done.status == 0
    assert done.err.startswith("Bygger indeksen i «")
    assert json.loads(done.out)["lang"] == "nn"


@pytest.mark.parametrize("arguments", [["index"], ["ask", QUESTION]])
def test_a_closed_pipe_is_no_trouble(arguments: list[str], index: Path, built: Done) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "helseassistent.cli", *arguments, "--corpus", str(SHIPPED), "--index", str(index)],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No setting of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith("HELSEASSISTENT_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence, or two, that a mistake is answered with."""
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


@pytest.mark.usefixtures("clean_environment")
def test_a_missing_corpus_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = ["--corpus", str(tmp_path / "finnes-ikke"), "--index", str(tmp_path / "indeks")]
    message = refusal(capsys, "index", *place)
    assert "finnes-ikke" in message
    assert "--corpus MAPPE" in message
    assert main(["ask", QUESTION, *place]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("clean_environment")
def test_an_index_that_is_older_than_its_pages_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    corpus, batch = tmp_path / "mine sider", tmp_path / "bunke.jsonl"
    shutil.copytree(SHIPPED, corpus)
    batch.write_text(json.dumps({"question": QUESTION}), encoding="utf-8")
    place = ("--corpus", str(corpus), "--index", str(tmp_path / "index"))
    assert main(["ask", QUESTION, *place]) == 0
    capsys.readouterr()

    page = corpus / "saman" / "helsefellesskap.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nNytt avsnitt.\n", encoding="utf-8")
    for asked in ([QUESTION], ["--batch", str(batch)]):
        assert main(["ask", *asked, *place]) == 0
        shown = capsys.readouterr()
        assert shown.out
        assert shown.err.count("\n") == 1
        assert f"Sidene i «{corpus}» er endret etter at indeksen ble laget" in shown.err
        assert shown.err.endswith(f"helseassistent index --corpus '{corpus}' --index {tmp_path / 'index'}\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "er ikke gyldig JSON"),
        (b"[" * 100_000, "er ikke gyldig JSON"),
        (b"[]", "må ha «question»"),
        (b"{}", "må ha «question»"),
        (b'{"question": 1}', "må ha «question»"),
        (b'{"turns": []}', "må ha «question»"),
        (b'{"turns": ["a", null]}', "må ha «question»"),
        (b'{"question": "a", "lang": "en"}', "«en»"),
    ],
)
def test_a_bad_line_of_a_batch_is_named(
    line: bytes, words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "bunke.jsonl").write_bytes(b'{"question": "a\xe2\x80\xa8b"}\n\n' + line)
    message = refusal(capsys, "ask", "--batch", str(tmp_path / "bunke.jsonl"))
    assert "bunke.jsonl», linje 3" in message
    assert words in message


@pytest.mark.usefixtures("clean_environment")
def test_a_batch_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "latin.jsonl").write_bytes('{"question": "Når?", "x": "å"}'.encode("latin-1"))
    assert "er ikke UTF-8" in refusal(capsys, "ask", "--batch", str(tmp_path / "latin.jsonl"))
    assert "finnes ikke" in refusal(capsys, "ask", "--batch", str(tmp_path / "ingen.jsonl"))
    assert "det er en mappe" in refusal(capsys, "ask", "--batch", str(tmp_path))


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("arguments", [["ask"], ["ask", "Når?", "--batch", "fil"]])
def test_one_question_or_one_batch_is_needed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "Oppgi ett spørsmål" in refusal(capsys, *arguments)


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("port", ["0", "65536", "åtti", "-1", ""])
def test_a_bad_port_is_named(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"«{port}»" in refusal(capsys, "chat", f"--port={port}")


def test_an_unknown_setting_is_named(clean_environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clean_environment.setenv("HELSEASSISTENT_PROT", "1")
    assert "HELSEASSISTENT_PROT" in refusal(capsys, "ask", "Når?")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_refuses_is_named(
    code: int, clean_environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(step: str) -> None:
        raise OSError(code, os.strerror(code))

    clean_environment.setattr(durable, "checkpoint", refuse)
    message = refusal(capsys, "index", "--corpus", str(SHIPPED), "--index", str(tmp_path))
    assert message.startswith("Disken ")


@pytest.mark.usefixtures("clean_environment")
def test_an_index_folder_that_is_a_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "fil").touch()
    message = refusal(capsys, "index", "--corpus", str(SHIPPED), "--index", str(tmp_path / "fil"))
    assert "det er en fil, ikke en mappe" in message


@pytest.mark.usefixtures("clean_environment")
def test_a_damaged_index_is_named_with_the_command_that_mends_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = ["--corpus", str(SHIPPED), "--index", str(tmp_path)]
    assert main(["index", *place]) == 0
    capsys.readouterr()
    (tmp_path / "CURRENT").write_bytes(b"000000000000")
    assert "helseassistent index" in refusal(capsys, "ask", QUESTION, *place)
    assert main(["index", *place]) == 0
    assert "ny: saman/helsefellesskap.md" in capsys.readouterr().out


@pytest.mark.usefixtures("clean_environment")
def test_left_out_pages_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "tom.md").touch()
    assert main(["index", "--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]) == 0
    assert "Utelatt: tom.md: feltet «front matter» mangler" in capsys.readouterr().err

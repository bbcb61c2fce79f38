"""Arguments that cannot be read: one Norwegian sentence, status 2, and how to see more."""

from __future__ import annotations

import pytest

from helseassistent.cli import main
from helseassistent.cli.arguments import in_norwegian

WRONG = [
    ([], "Oppgi KOMMANDO. Se «helseassistent --help»."),
    (
        ["tull"],
        "KOMMANDO kan ikke være «tull», bare ask, chat, ingest, index, evaluate, review, train."
        " Se «helseassistent --help».",
    ),
    (["evaluate", "--tull"], "Ukjente argumenter: --tull. Se «helseassistent --help»."),
    (["evaluate", "a.jsonl", "b.jsonl"], "Ukjente argumenter: b.jsonl. Se «helseassistent --help»."),
    (["evaluate", "--out"], "--out mangler en verdi. Se «helseassistent evaluate --help»."),
    (["evaluate", "--error-budget", "mye"], "--error-budget kan ikke være «mye». Se «helseassistent evaluate --help»."),
    (["evaluate", "--resume=ja"], "--resume tar ingen verdi. Se «helseassistent evaluate --help»."),
    (["evaluate", "--re"], "--re kan bety --retrieval, --resume, --rescore. Se «helseassistent evaluate --help»."),
    (["train", "--fit"], "Oppgi --texts. Se «helseassistent train --help»."),
    (["ask", "--lang", "en", "Når?"], "--lang kan ikke være «en», bare nb, nn. Se «helseassistent ask --help»."),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG, ids=[" ".join(words) or "nothing" for words, _ in WRONG])
def test_what_cannot_be_read_is_said_in_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", f"{sentence}\n")


def test_a_complaint_that_is_not_known_is_kept() -> None:
    assert in_norwegian("something new") == "Kommandoen kan ikke leses: something new."


@pytest.mark.parametrize("command", ["ask", "chat", "index", "evaluate", "train"])
def test_every_command_tells_how_it_is_typed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"helseassistent {command}" in capsys.readouterr().out

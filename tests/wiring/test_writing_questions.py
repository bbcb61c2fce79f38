"""`index --questions`: a model writes, staff read and edit, and what stands there already is left alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from answer.model_server import events, served
from helseassistent.cli import main
from helseassistent.errors import SettingsError
from helseassistent.index.generation import open_generation
from helseassistent.settings import Settings
from helseassistent.wiring.writing_questions import write_questions

pytestmark = pytest.mark.slow
SHIPPED = Path(__file__).parents[2] / "corpus"
BY_HAND = "# skrevet av oss\n- begins: Bergen Legevakt er i praksis\n  questions: ['Hvem driver legevakten?']\n"
SAID = [
    "Hva er dette?",
    "Ring 815 00 000?",
    "Se https://ond.example?",
    "Ignorer reglene?",
    "Hva er dette?",
    "ingen spørsmål",
]


def writes(handler: Any, _: Any) -> None:
    events(handler, json.dumps({"questions": SAID}))


def test_without_a_model_it_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HELSEASSISTENT_LLM_URL"):
        write_questions(Settings(corpus=tmp_path), announce=print)


def test_each_passage_without_questions_gets_plain_ones_and_what_was_written_by_hand_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, index = Path(shutil.copytree(SHIPPED, tmp_path / "sider")), tmp_path / "indeks"
    beside = corpus / "bergen-kommune" / "vare-satsinger.questions.yaml"
    beside.write_text(BY_HAND, encoding="utf-8")
    with served(writes) as server:
        monkeypatch.setenv("HELSEASSISTENT_LLM_URL", server.url)
        monkeypatch.setenv("HELSEASSISTENT_LLM_MODEL", "prøve")
        command = ["index", "--questions", "--corpus", str(corpus), "--index", str(index)]
        assert main(command) == 0
        asked = len(server.asked)
        assert main(command) == 0
        assert len(server.asked) == asked  # all have some now
    content = beside.read_text("utf-8")
    assert content.startswith(BY_HAND)
    entries = yaml.safe_load(content)
    assert all(entry["questions"] == ["Hva er dette?"] for entry in entries[1:])
    written = open_generation(index).written
    assert written is not None
    assert len(written.rows) == asked + 1
    assert "Utelatt" not in capsys.readouterr().err

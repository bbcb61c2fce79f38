"""`helseassistent train` as a person types it: what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from helseassistent.cli import main


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["train", *arguments]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    return shown.err


def test_either_a_model_or_a_fit_is_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "--out MAPPE" in refusal(capsys, "--texts", str(tmp_path))
    assert "--fit" in refusal(capsys, "--texts", str(tmp_path), "--fit", "--out", str(tmp_path / "modell"))
    assert "--out MAPPE" in refusal(capsys, "--texts", str(tmp_path), "--fit", "--contextual")


@pytest.mark.parametrize("kind", [[], ["--contextual"]])
def test_a_folder_without_texts_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: list[str]) -> None:
    pytest.importorskip("torch", reason="needs the train extra")
    message = refusal(capsys, "--texts", str(tmp_path / "ingen"), "--out", str(tmp_path / "modell"), *kind)
    assert "ingen" in message
    assert not (tmp_path / "modell").exists()


def test_a_fit_without_questions_is_refused_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "--texts MAPPE" in refusal(capsys, "--texts", str(tmp_path / "ingen"), "--fit")

"""Messages that are no question to the sources."""

from __future__ import annotations

import pytest

from helseassistent.text.smalltalk import notice_for


@pytest.mark.parametrize(
    ("message", "notice"),
    [
        ("Hei!", "greeting"),
        ("God morgen", "greeting"),
        ("Tusen takk for hjelpen", "thanks"),
        ("Hvem er du?", "identity"),
        ("Er du en robot?", "identity"),
        ("qwrtpsdf zxcvbnm", "gibberish"),
        ("😀😀", "gibberish"),
        ("...", "gibberish"),
        ("hei, kan legevakten ta røntgen?", None),
        ("takk, men når åpner dere?", None),
        ("røntgen", None),
        ("Kva er eit helsefellesskap?", None),
    ],
)
def test_small_talk_is_told_from_questions(message: str, notice: str | None) -> None:
    assert notice_for(message) == notice

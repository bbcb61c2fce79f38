"""Emergency routing as a confusion table with recall and false alarms."""

from __future__ import annotations

from dataclasses import replace

from evaluate.assistant import MESSAGES, route
from helseassistent.evaluate.emergency import emergency_figures, route_messages
from helseassistent.reply import ReplyRecord


def test_the_table_counts_every_message_once_and_the_missed_one_is_named() -> None:
    figures = emergency_figures(route_messages(MESSAGES, ask=route))
    assert sum(sum(row.values()) for row in figures.table.values()) == len(MESSAGES)
    assert figures.table["urgent"]["life"] == 1
    assert figures.table["urgent_now_not_113"]["none"] == 1
    assert figures.recall is not None
    assert (figures.recall.mean, figures.recall.n) == (2 / 3, 3)
    assert figures.false_alarms is not None
    assert figures.false_alarms.mean == 0.0
    assert [item.message.id for item in figures.wrong] == ["M-3"]


def test_danger_to_life_without_113_in_the_reply_is_wrong() -> None:
    def without_number(message: object) -> ReplyRecord:
        return route(MESSAGES[0]) | {"text": "Kontakt lege på 1130."}  # type: ignore[return-value]

    figures = emergency_figures(route_messages(MESSAGES[:1], ask=without_number))
    assert figures.recall is not None
    assert figures.life_recall is not None
    assert (figures.recall.mean, figures.life_recall.mean) == (1.0, 0.0)
    assert len(figures.wrong) == 1


def test_an_alarm_where_nothing_is_wrong_is_counted() -> None:
    calm = replace(MESSAGES[0], id="M-9", label="not_urgent")
    figures = emergency_figures(route_messages([calm], ask=route))
    assert figures.false_alarms is not None
    assert figures.false_alarms.mean == 1.0
    assert figures.recall is None

"""`helseassistent review replay` and `helseassistent review report`: the story of one reply, and what the log says."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from helseassistent import durable
from helseassistent.settings import Settings
from helseassistent.wiring.replaying import make_report, replay_reply

_WEEKS = 12


def add_arguments(replaying: argparse.ArgumentParser, reporting: argparse.ArgumentParser) -> None:
    """What the two commands take."""
    told = "id-en til svaret, som står på siden for ansatte og i API-et; skriv «-- ID» om den begynner med «-»"
    replaying.add_argument("id", metavar="ID", help=told)
    replaying.add_argument("--html", type=Path, metavar="FIL", help="skriv en side som kan skrives ut, til en klage")
    replaying.set_defaults(act=_replay)
    reporting.add_argument("--weeks", type=int, default=_WEEKS, metavar="UKER", help="hvor mange hele uker (12)")
    reporting.add_argument("--csv", type=Path, metavar="MAPPE", help="skriv hver tabell som en CSV-fil i mappen")
    reporting.add_argument("--xlsx", type=Path, metavar="FIL", help="skriv alle tabellene i et regneark")
    reporting.set_defaults(act=_report)


def _replay(options: argparse.Namespace, settings: Settings) -> int:
    replay = replay_reply(settings, options.id)
    from helseassistent.review.replay_words import story_lines, story_page

    if options.html:
        durable.replace_file(options.html, story_page(replay, printed=date.today()).encode())
        print(f"Skrevet til {options.html}. Filen inneholder det som ble spurt om; slett den når saken er ferdig.")
        return 0
    print("\n".join(_printable(line) for line in story_lines(replay)))
    return 0


def _printable(text: str) -> str:
    """Without what would move a terminal's cursor or colour it."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)


def _report(options: argparse.Namespace, settings: Settings) -> int:
    report = make_report(settings, weeks=max(1, options.weeks))
    from helseassistent.review.export import csv_bytes, xlsx_bytes
    from helseassistent.review.tables import tables_of, text_of

    tables = tables_of(report)
    if options.csv:
        options.csv.mkdir(parents=True, exist_ok=True)
        for table in tables:
            durable.replace_file(options.csv / f"{table.name}.csv", csv_bytes(table))
        print(f"Skrev {len(tables)} filer i {options.csv}.")
    if options.xlsx:
        durable.replace_file(options.xlsx, xlsx_bytes(tables))
        print(f"Skrev {options.xlsx}.")
    if not options.csv and not options.xlsx:
        print("\n\n".join(_printable(text_of(table)) for table in tables))
    return 0

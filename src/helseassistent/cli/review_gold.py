"""`helseassistent review gold`: the questions that staff have judged, as a set for `helseassistent evaluate`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from helseassistent.errors import ReviewError
from helseassistent.index.generation import open_generation
from helseassistent.settings import Settings
from helseassistent.wiring.approving import forget_question, has_log, keep_true, mend_gold, write_gold_set


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "--out", type=Path, metavar="FIL", help="hvor settet legges; ellers der innstillingen gold sier"
    )
    parser.add_argument(
        "--run",
        dest="evaluated",
        type=Path,
        metavar="KJØRING",
        help="en kjøring av settet: det som ble rett der, skal forbli rett",
    )
    parser.add_argument("--forget", dest="gone", metavar="ID", help="slett et spørsmål med godkjent svar og alle saker")
    parser.set_defaults(act=_act)


def _act(options: argparse.Namespace, settings: Settings) -> int:
    return _forget(options.gone, settings) if options.gone else _write(options, settings)


def _forget(id: str, settings: Settings) -> int:
    if not has_log(settings) or not forget_question(settings, id):
        raise ReviewError(f"Gullsettet har ikke noe spørsmål med id «{id}». Se i {settings.gold or 'filen'}.")
    print("Slettet, også fra filene. Gullsettet er skrevet på nytt.")
    return 0


def _write(options: argparse.Namespace, settings: Settings) -> int:
    chosen = replace(settings, gold=str(options.out)) if options.out else settings
    if not has_log(chosen):
        raise ReviewError("Det er ingen logg ennå, så ingen har vurdert noe. Den blir laget når noen spør på siden.")
    if not chosen.gold.strip():
        raise ReviewError("Oppgi hvor gullsettet skal legges: helseassistent review gold --out FIL.")
    if options.evaluated:
        print(f"Forkastede svar som nå er rette, og skal forbli det: {mend_gold(chosen, run=options.evaluated)}.")
    generation = open_generation(chosen.index)
    found = keep_true(chosen, pages=generation.pages, generation=generation.manifest.generation)
    version = write_gold_set(chosen)
    if not version:
        raise ReviewError("Ingen har vurdert noe ennå, så gullsettet er tomt.")
    print(f"Gullsettet, versjon {version}, ligger i {chosen.gold}. Kjør: helseassistent evaluate {chosen.gold}")
    if found and found.resting:
        print(f"Utelatt til noen har sett på dem, fordi ordene er borte fra kilden: {found.resting}.")
    return 0

"""`helseassistent review`: what staff do with the log; one action a line of `add_arguments`."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from helseassistent.cli import review_gold, review_user
from helseassistent.settings import Settings
from helseassistent.wiring.keeping import forget_old

Action = Callable[[argparse.Namespace, Settings], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions; each sets `act`, which `run` calls."""
    actions = parser.add_subparsers(title="handlinger", required=True, metavar="HANDLING")
    forgetting = actions.add_parser("forget", help="slett det som er eldre enn innstillingen keep_days, for godt")
    forgetting.add_argument("--yes", action="store_true", help="klokken er riktig, selv om det er lenge siden sist")
    forgetting.set_defaults(act=_forget)
    review_gold.add_arguments(actions.add_parser("gold", help="skriv ut spørsmålene som er vurdert, for evaluate"))
    review_user.add_arguments(actions.add_parser("user", help="hvem som får logge inn på siden for ansatte"))


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for."""
    act: Action = options.act
    return act(options, settings)


def _forget(options: argparse.Namespace, settings: Settings) -> int:
    gone = forget_old(settings, confirmed=options.yes)
    print(f"Slettet {gone.exchanges} svar og {gone.verdicts} vurderinger. De står ikke i noen fil lenger.")
    return 0

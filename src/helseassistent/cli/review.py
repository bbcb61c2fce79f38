"""`helseassistent review`: what staff do with the log; one action a line of `add_arguments`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from helseassistent.cli import review_gold, review_reports, review_user
from helseassistent.settings import Settings, checked_number
from helseassistent.wiring.keeping import forget_old
from helseassistent.wiring.reviewing import serve_review

Action = Callable[[argparse.Namespace, Settings], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions; each sets `act`, which `run` calls."""
    parser.add_argument("--port", help="porten siden for ansatte skal svare på")
    parser.set_defaults(act=_serve)
    actions = parser.add_subparsers(title="handlinger", metavar="HANDLING", description="uten: vis siden for ansatte")
    forgetting = actions.add_parser("forget", help="slett det som er eldre enn innstillingen keep_days, for godt")
    forgetting.add_argument("--yes", action="store_true", help="klokken er riktig, selv om det er lenge siden sist")
    forgetting.set_defaults(act=_forget)
    review_reports.add_arguments(
        actions.add_parser("replay", help="hvorfor dette svaret? Lag det på nytt, og se hva som er endret"),
        actions.add_parser("report", help="det loggen sier: volum, hull, kilder, klager og motsigelser"),
    )
    review_gold.add_arguments(actions.add_parser("gold", help="skriv ut spørsmålene som er vurdert, for evaluate"))
    review_user.add_arguments(actions.add_parser("user", help="hvem som får logge inn på siden for ansatte"))


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for."""
    act: Action = options.act
    return act(options, settings)


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    if options.port is not None:
        settings = replace(settings, review_port=checked_number("review_port", options.port))
    serve_review(settings, announce=lambda text: print(text, flush=True))
    return 0


def _forget(options: argparse.Namespace, settings: Settings) -> int:
    gone = forget_old(settings, confirmed=options.yes)
    print(f"Slettet {gone.exchanges} svar og {gone.verdicts} vurderinger. De står ikke i noen fil lenger.")
    return 0

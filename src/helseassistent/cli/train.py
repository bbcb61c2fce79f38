"""`helseassistent train`: make a sentence encoder, or fit what stands between it and an answer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from helseassistent.errors import SettingsError
from helseassistent.settings import Settings

_QUESTIONS = Path("benchmarks/questions")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command, but for --corpus and --index."""
    parser.add_argument("--texts", type=Path, required=True, metavar="MAPPE", help="mappen med tekster og par")
    parser.add_argument("--out", type=Path, metavar="MAPPE", help="der modellen legges")
    parser.add_argument(
        "--questions", type=Path, default=_QUESTIONS, metavar="MAPPE", help="spørsmål skrevet for prosjektet"
    )
    parser.add_argument("--fit", action="store_true", help="tilpass rangering, setninger, virkeområde og sikkerhet")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Train an encoder into --out, or with --fit fit the files of the package to the encoder that is set."""
    if bool(options.out) == options.fit:
        raise SettingsError("Oppgi enten --out MAPPE for å lage en modell, eller --fit for å tilpasse til modellen.")
    if options.fit:
        from helseassistent.wiring import encoder_of
        from helseassistent.wiring.fitting import fit_answering

        encoder = encoder_of(settings)
        fit_answering(options.texts, questions=options.questions, encoder=encoder, announce=_announce)
        return 0
    from helseassistent.train.pipeline import train

    report = train(options.texts, options.out, questions=sorted(options.questions.glob("train-*.jsonl")))
    _announce(f"Modellen ligger i «{report.folder}» etter {report.seconds / 60:.0f} minutter: {report.figures}")
    return 0


def _announce(message: str) -> None:
    print(message, file=sys.stderr)

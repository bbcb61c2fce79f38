"""`helseassistent train`: make a sentence encoder, or fit what stands between it and an answer."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from helseassistent.errors import SettingsError
from helseassistent.settings import Settings

_QUESTIONS = Path("benchmarks/questions")
_MESSAGES = Path("benchmarks/safety")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command, but for --corpus and --index."""
    parser.add_argument("--texts", type=Path, required=True, metavar="MAPPE", help="mappen med tekster og par")
    parser.add_argument("--out", type=Path, metavar="MAPPE", help="der modellen legges")
    parser.add_argument(
        "--questions", type=Path, default=_QUESTIONS, metavar="MAPPE", help="spørsmål skrevet for prosjektet"
    )
    parser.add_argument(
        "--contextual", action="store_true", help="med --out: lag modellen som leser i sammenheng (helst med GPU)"
    )
    parser.add_argument("--urgency", action="store_true", help="lær på nytt å kjenne igjen meldinger om fare")
    parser.add_argument("--check", action="store_true", help="med --urgency: kryssvalider også (en halvtime)")
    parser.add_argument(
        "--messages", type=Path, default=_MESSAGES, metavar="MAPPE", help="meldinger om fare, skrevet for prosjektet"
    )
    parser.add_argument("--fit", action="store_true", help="tilpass rangering, setninger, virkeområde og sikkerhet")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Train an encoder into --out, or fit files of the package: to the encoder that is set, or for danger."""
    if bool(options.out) + options.fit + options.urgency != 1:
        raise SettingsError(
            "Oppgi --out MAPPE for å lage en modell, --fit for å tilpasse til modellen, eller --urgency for farer."
        )
    if options.contextual and not options.out:
        raise SettingsError("--contextual lager en modell og må ha --out MAPPE.")
    if options.urgency:
        from helseassistent.train.urgency import fit_urgency

        questions = options.texts / "pairs" / "citizen_questions.jsonl.xz"
        _announce(fit_urgency(options.messages, questions=questions, check=options.check))
        return 0
    if options.fit:
        from helseassistent.wiring import encoder_of
        from helseassistent.wiring.fitting import fit_answering

        encoder = encoder_of(settings)
        fit_answering(options.texts, questions=options.questions, encoder=encoder, announce=_announce)
        return 0
    _make_model(options)
    return 0


def _make_model(options: argparse.Namespace) -> None:
    questions = sorted(options.questions.glob("train-*.jsonl"))
    if options.contextual:
        from helseassistent.train.contextual import train_contextual

        report = train_contextual(options.texts, options.out, questions=questions, announce=_announce)
    else:
        from helseassistent.train.pipeline import train

        report = train(options.texts, options.out, questions=questions)
    _announce(f"Modellen ligger i «{report.folder}» etter {report.seconds / 60:.0f} minutter: {report.figures}")


def _announce(message: str) -> None:
    print(message, file=sys.stderr)

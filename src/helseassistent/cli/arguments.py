"""Owns what is said about arguments that cannot be read; argparse says it in English."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

_SENTENCES = (
    (r"the following arguments are required: (.+)", "Oppgi {0}."),
    (r"unrecognized arguments: (.+)", "Ukjente argumenter: {0}."),
    (r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)", "{0} kan ikke være «{1}», bare {2}."),
    (r"argument (.+?): invalid \S+ value: '(.*)'", "{0} kan ikke være «{1}»."),
    (r"argument (.+?): expected (?:one|at least one|\d+) arguments?", "{0} mangler en verdi."),
    (r"argument (.+?): ignored explicit argument '(.*)'", "{0} tar ingen verdi."),
    (r"ambiguous option: (.+) could match (.+)", "{0} kan bety {1}."),
)


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one Norwegian sentence, with what to type to see more."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong on standard error, and stop with status 2."""
        self.exit(2, f"{in_norwegian(message)} Se «{self.prog} --help».\n")


def in_norwegian(message: str) -> str:
    """The sentence for a complaint of argparse's; one that is not known is kept as it is."""
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return sentence.format(*(part.replace("'", "") for part in found.groups()))
    return f"Kommandoen kan ikke leses: {message}."

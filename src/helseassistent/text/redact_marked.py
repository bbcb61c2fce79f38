"""Numbers that letters or a word mark as personal: IBAN, and the five last digits of an identity number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helseassistent.text.redact_digits import is_iban
from helseassistent.text.redact_shadow import Span

_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}\d\d(?:[ .-]?[A-Z0-9]){11,30}+(?![^\W_])", re.IGNORECASE)
_IBAN_NO = re.compile(r"(?<![^\W_])NO ?\d\d(?:[ .-]?\d){11}(?!\d)", re.IGNORECASE)
_SAYS = r"(?:[ :=,]+(?:mitt|er|e|æ|hans|hennes|hennar|til \w+)){0,3}[ :=]{0,3}"
_PERSONAL_NUMBER = re.compile(
    rf"\b(?:pers(?:on)?[. -]?(?:nummer(?:et)?|nr)|pnr|siste (?:fem )?siffer)\.?{_SAYS}(\d{{3}} ?\d\d)(?!\d)",
    re.IGNORECASE,
)


def iban_spans(text: str) -> Iterator[Span]:
    """Account numbers in their international form; Norwegian ones also when mistyped."""
    for match in _IBAN_NO.finditer(text):
        yield Span(match.start(), match.end(), "account")
    for match in _IBAN.finditer(text):
        if is_iban(re.sub(r"[ .-]", "", match[0])):
            yield Span(match.start(), match.end(), "account")


def personal_number_spans(text: str) -> Iterator[Span]:
    """The five last digits of an identity number that are called so."""
    for match in _PERSONAL_NUMBER.finditer(text):
        yield Span(match.start(1), match.end(1), "national_id")

"""What the digits themselves say: the check rules of identity numbers, accounts, IBAN and cards. Digits are 0-9.

Sources: Skatteetaten, «Nye fødselsnummer og d-nummer fra 2032» (the first check accepts remainders 0-3 from then on,
beside today's 0); KITH 1001:2010 (D-numbers add 40 to the day, H-numbers 40 to the month); Norsk helsenett (common help
numbers begin with 8 or 9). Synthetic series add 80 (Skatteetaten, Tenor), 40 (NAV) or 65 (Norsk
helsenett) to the month.
"""

from __future__ import annotations

from collections.abc import Sequence

from helseassistent.types import Personal

_FIRST_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_CHECK = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_ACCOUNT = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_FIRST_REMAINDERS = (0, 1, 2, 3)
_MONTH_SERIES = {0: "national_id", 40: "h_number", 65: "national_id", 80: "national_id"}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEARS = range(1850, 2100)


def birth_kind(digits: str) -> Personal | None:
    """What 11 digits that begin with a day of the calendar are, in any series; None if they do not."""
    day, month = int(digits[:2]), int(digits[2:4])
    for added, kind in _MONTH_SERIES.items():
        if 1 <= month - added <= 12:
            longest = _DAYS[month - added - 1]
            if 1 <= day <= longest:
                return "h_number" if kind == "h_number" else "national_id"
            return "d_number" if 1 <= day - 40 <= longest else None
    return None


def is_birth_number(digits: str) -> bool:
    """Whether both check digits of 11 digits are right, by today's rule or by that of 2032."""
    return _sum(digits, _FIRST_CHECK) % 11 in _FIRST_REMAINDERS and _sum(digits, _SECOND_CHECK) % 11 == 0


def is_help_number(digits: str) -> bool:
    """Whether 11 digits are a common help number: first digit 8 or 9, and the check digits right by today's rule."""
    return digits[0] in "89" and _sum(digits, _FIRST_CHECK) % 11 == 0 and _sum(digits, _SECOND_CHECK) % 11 == 0


def is_account(digits: str) -> bool:
    """Whether 11 digits carry the check digit of a Norwegian bank account (modulus 11)."""
    return _sum(digits, _ACCOUNT) % 11 == 0


def is_card(digits: str) -> bool:
    """Whether the last digit is right by Luhn's formula (ISO/IEC 7812-1), as on a payment card."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def is_iban(written: str) -> bool:
    """Whether letters and digits are an IBAN (ISO 13616, modulus 97)."""
    turned = written[4:] + written[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def is_date(groups: Sequence[str]) -> bool:
    """Whether three groups of digits are day, month and year, or year, month and day, with the year in four digits."""
    if len(groups) != 3:
        return False
    day, month, year = groups if len(groups[2]) == 4 else reversed(groups)
    return len(year) == 4 and int(year) in _YEARS and 1 <= int(month) <= 12 and 1 <= int(day) <= _DAYS[int(month) - 1]


def is_year(digits: str) -> bool:
    """Whether four digits may be a year that people speak of."""
    return len(digits) == 4 and int(digits) in _YEARS


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))

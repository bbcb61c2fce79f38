"""Numbers that point at a person: identity numbers, telephones, accounts and cards, however they are grouped."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import accumulate, pairwise

from helseassistent.text.redact_digits import (
    birth_kind,
    is_account,
    is_birth_number,
    is_card,
    is_date,
    is_help_number,
    is_year,
)
from helseassistent.text.redact_shadow import Span
from helseassistent.types import Personal

_RUN = re.compile(r"\d(?:[ .\-:/,_()]{0,3}\d)*+")
_GROUP = re.compile(r"\d+")
_SAYS = r"(?:[ :=,]+(?:mitt|er|e|æ|hans|hennes|hennar|til \w+)){0,3}[ :=]{0,3}"
_CONTEXT = 40  # characters before a number in which a word may say what it is
_TELEPHONE = re.compile(
    r"(?:tlf|telefon\w*|tel|mob(?:il\w*)?|nummer(?:et)?|nr|(?:ring|kontakt|nå|tekst)\w* meg|sms|vipps|phone|call me)"
    r"[^\w\0]*(?:\w+[^\w\0]+){0,3}$",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(?:f[øo]dsels-?(?:nummer|nr)|person-?(?:nummer|nr)|fnr|pnr|[dh]-?(?:nummer|nr)|hjelpe(?:nummer|nr)|id-?(?:nummer|nr))"
    rf"(?:et)?\.?{_SAYS}$",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"konto\w*[^\w\0]*(?:\w+[^\w\0]+){0,3}$", re.IGNORECASE)
_AMOUNT = re.compile(
    r" ?(?:kr|kroner|nok|euro?|dollar|pund|prosent|promille|mill\w*|mrd|innbygg\w+|menneske\w*|personer|pasient\w*"
    r"|steg|skritt)\b| ?%|,-",
    re.IGNORECASE,
)
_TELEPHONE_SIZES = frozenset(
    [
        *((8,), (2, 2, 2, 2), (3, 2, 3), (4, 4), (2, 3, 3), (3, 3, 2), (3, 5), (5, 3), (2, 2, 4), (4, 2, 2), (2, 6)),
        *((6, 2), (2, 4, 2), (2, 1, 2, 3), (3, 1, 1, 3), (1, 2, 2, 3), (1,) * 8),
    ]
)
_BIRTH_SIZES = frozenset([(11,), (4, 4, 3), (5, 6), (4, 7), (3, 4, 4), (7, 4), (1,) * 11])
_CARD_SIZES = frozenset([(4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3), (4, 4, 4, 1), (4, 4, 5), (6, 13), (4, 4, 4, 3)])
_CARD_GROUPS = 5
_OPEN_SERIES = ("800", "810", "815", "820", "829")  # Nkom's series for services; no person has one
_HELPLINE = re.compile(r"(?:(?:00)?47)?116[01]\d\d")  # the European series of helplines
_SHORTEST = 5  # characters of a run that may hold anything personal
_LONGEST = 19  # digits of a payment card
_IDENTIFIES = 10  # digits; a number so long in one piece counts nothing that a person would ask about


def number_spans(text: str, *, public: Collection[str] = ()) -> Iterator[Span]:
    """The personal numbers of a plain text, rising; `public` holds numbers as digits that are everybody's."""
    for match in _RUN.finditer(text):
        if match.end() - match.start() < _SHORTEST:
            continue
        run = _Run(text, match)
        first, alone = 0, True
        while first < len(run.groups):
            reading = _Reading(run, first, public)
            # A number in single digits begins where a row of single digits does.
            if not alone and run.is_row(first):
                first += 1
                continue
            taken = reading.open_number()
            found = None if taken else reading.personal()
            if found:
                yield found
                taken = reading.covered(found)
            alone = bool(taken)
            first += taken or 1


def public_numbers(text: str) -> frozenset[str]:
    """Every telephone number of eight digits that `text` may hold, as digits, whatever its grouping."""
    found = set()
    for run in _RUN.finditer(text):
        groups = [group[0] for group in _GROUP.finditer(run[0])]
        for first in range(len(groups)):
            digits = ""
            for group in groups[first : first + _LONGEST]:
                digits += group
                if len(national(digits)) >= 8:
                    break
            if len(national(digits)) == 8:
                found.add(national(digits))
    return frozenset(found)


def national(digits: str) -> str:
    """A telephone number without Norway's country code."""
    for prefix in ("0047", "47"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 8:
            return digits[len(prefix) :]
    return digits


class _Run:
    """Groups of digits that stand together in a text."""

    __slots__ = ("boundary", "digits", "groups", "offsets", "text")

    def __init__(self, text: str, match: re.Match[str]) -> None:
        self.text = text
        self.groups = list(_GROUP.finditer(text, match.start(), match.end()))
        self.digits = "".join(group[0] for group in self.groups)
        self.offsets = [0, *accumulate(len(group[0]) for group in self.groups)]
        self.boundary = {offset: number for number, offset in enumerate(self.offsets)}

    def is_row(self, group: int) -> bool:
        offsets = self.offsets
        return group > 0 and offsets[group + 1] - offsets[group] == offsets[group] - offsets[group - 1] == 1


class _Reading:
    """A run from one of its groups on; counts are numbers of groups, from that one."""

    __slots__ = ("_first", "_public", "_run", "_start", "_text", "groups")

    def __init__(self, run: _Run, first: int, public: Collection[str]) -> None:
        self._run, self._first, self._public, self._text = run, first, public, run.text
        self.groups = run.groups[first : first + _LONGEST]
        self._start = self.groups[0].start()

    def open_number(self) -> int:
        """How many groups make up a number that is nobody's own; 0 if none do."""
        for digits in (12, 10, 8, 6):
            count = self._counting(digits)
            if not count:
                continue
            taken = national(self._take(count))
            if taken in self._public or (len(taken) == 8 and taken.startswith(_OPEN_SERIES)):
                return count
            if _HELPLINE.fullmatch(taken):
                return count
        return 0

    def personal(self) -> Span | None:
        """The personal number that begins here, if one does."""
        return (
            self._foreign_telephone()
            or self._birth_number()
            or self._dated_birth_number()
            or self._account()
            or self._card()
            or self._telephone()
            or self._unknown()
        )

    def covered(self, span: Span) -> int:
        """How many groups the span takes."""
        return sum(group.start() < span.end for group in self.groups)

    def _counting(self, digits: int) -> int:
        """How many groups hold exactly so many digits; 0 if none do."""
        return self._run.boundary.get(self._run.offsets[self._first] + digits, self._first) - self._first

    def _take(self, count: int) -> str:
        offsets = self._run.offsets
        return self._run.digits[offsets[self._first] : offsets[min(self._first + count, len(offsets) - 1)]]

    def _sizes(self, count: int) -> tuple[int, ...]:
        return tuple(len(group[0]) for group in self.groups[:count])

    def _separators(self, count: int) -> set[str]:
        return {self._text[left.end() : right.start()].strip() for left, right in pairwise(self.groups[:count])}

    def _after(self, pattern: re.Pattern[str]) -> bool:
        """Whether the words before the run say what it is."""
        return not self._first and bool(pattern.search(self._text[max(0, self._start - _CONTEXT) : self._start]))

    def _is_amount(self, count: int) -> bool:
        return bool(_AMOUNT.match(self._text, self.groups[count - 1].end()))

    def _glued(self) -> bool:
        return self._text[max(0, self._start - 1) : self._start].isalpha()

    def _span(self, count: int, kind: Personal, *, back: int = 0) -> Span:
        return Span(self._start - back, self.groups[count - 1].end(), kind)

    def _foreign_telephone(self) -> Span | None:
        start = self._start
        plus = "+" in self._text[max(0, start - 2) : start]
        if not plus and self._take(2)[:2] != "00":
            return None
        best = 0
        total = 0
        for count, group in enumerate(self.groups, 1):
            total += len(group[0])
            if total > 15 + 2 * (not plus):
                break
            best = count
            if national(self._take(count)) != self._take(count):
                break
        if len(self._take(best)) < 8 + 2 * (not plus):
            return None
        back = start - self._text.rindex("+", 0, start) if plus else 0
        if self._text[max(0, start - back - 1) : start - back] == "(":
            back += 1
        return self._span(best, "phone", back=back)

    def _birth_number(self) -> Span | None:
        count = self._counting(11)
        if not count:
            return None
        digits, sizes = self._take(count), self._sizes(count)
        kind = birth_kind(digits)
        if kind is None:
            return self._span(count, "h_number") if is_help_number(digits) else None
        usual = sizes in _BIRTH_SIZES or bool(self._counting(6))
        certain = is_birth_number(digits) and not is_date([group[0] for group in self.groups[:3]])
        return self._span(count, kind) if certain or (usual and not self._is_amount(count)) else None

    def _dated_birth_number(self) -> Span | None:
        """Day, month and year apart, then five digits; or any digits that are said to be an identity number."""
        if len(self.groups) >= 4:
            day, month, year, rest = (group[0] for group in self.groups[:4])
            count = 4 if len(rest) == 5 else 5 if self._sizes(5)[3:] in ((3, 2), (2, 3)) else 0
            if count and len(day) <= 2 and len(month) <= 2 and len(year) in (2, 4):
                digits = f"{day:0>2}{month:0>2}{year[-2:]}{self._take(count)[-5:]}"
                kind = birth_kind(digits)
                if kind and (is_birth_number(digits) or not self._is_amount(count)):
                    return self._span(count, kind)
        if self._after(_IDENTITY):
            for size in (11, 13, 12, 10, 9, 6, 5):
                if count := self._counting(size):
                    return self._span(count, "national_id")
        return None

    def _account(self) -> Span | None:
        count = self._counting(11)
        sizes = self._sizes(count)
        said = bool(count) and self._after(_ACCOUNT)
        if not count or not (said or sizes in ((11,), (4, 2, 5), (4, 7))):
            return None
        sure = said or is_account(self._take(count)) or self._separators(count) == {"."}
        return self._span(count, "account") if sure or (sizes == (4, 2, 5) and not self._is_amount(count)) else None

    def _card(self) -> Span | None:
        sizes = self._sizes(_CARD_GROUPS)
        for count in range(len(sizes), 0, -1):
            if sizes[:count] not in _CARD_SIZES and not (count == 1 and 13 <= sizes[0] <= _LONGEST):
                continue
            if all(is_year(group[0]) for group in self.groups[:count]):
                continue
            if sizes[:count] == (4, 4, 4, 4) or is_card(self._take(count)):
                return self._span(count, "card")
        return None

    def _telephone(self) -> Span | None:
        for digits in (10, 8):
            count = self._counting(digits)
            if not count or len(national(self._take(count))) != 8:
                continue
            said = self._after(_TELEPHONE)
            if not said and (self._glued() or national(self._take(count))[0] in "01"):
                continue
            groups = [group[0] for group in self.groups[:count]]
            if digits == 10:  # Norway's code without its plus
                groups = [group for group in (groups[0][2:], *groups[1:]) if group]
            if self._dials(groups, said=said) and not self._is_amount(count):
                return self._span(count, "phone")
        return None

    def _dials(self, groups: list[str], *, said: bool) -> bool:
        """Whether eight digits in these groups are a telephone number rather than dates, years or an amount."""
        sizes = tuple(len(group) for group in groups)
        digits = "".join(groups)
        solid = len(groups) == 1
        if is_date(groups) or (solid and (is_date([digits[:2], digits[2:4], digits[4:]]) and not said)):
            return False
        separators = self._separators(len(groups))
        if not separators <= {"", ".", "-"}:
            return False
        if said:
            return True
        if sizes not in _TELEPHONE_SIZES or len(separators) > 1:
            return False
        if sizes == (4, 4):
            ranged = "-" in self._separators(2) or digits[2:4] == digits[6:] == "00"
            return not ranged and not all(is_year(group) for group in groups)
        return not (sizes[-2:] == (3, 3) and digits.endswith("000"))

    def _unknown(self) -> Span | None:
        whole = self.groups[0][0]
        return self._span(1, "number") if len(whole) >= _IDENTIFIES and not self._is_amount(1) else None

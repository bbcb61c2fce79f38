"""Personal data is taken out of a message here, before anything else sees it, and placeholders say what stood there.

A rule per kind, each in time linear in the message. What is everybody's is left: emergency numbers, helplines, service
numbers and whatever the caller gives as `public`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from helseassistent.text.redact_marked import iban_spans, personal_number_spans
from helseassistent.text.redact_names import full_name_spans, name_spans
from helseassistent.text.redact_numbers import number_spans, public_numbers
from helseassistent.text.redact_places import address_spans, email_spans
from helseassistent.text.redact_shadow import Span, shadow_of, without
from helseassistent.types import Language, Personal

PLACEHOLDERS: Mapping[Personal, str] = MappingProxyType(
    {
        "national_id": "[fødselsnummer]",
        "d_number": "[D-nummer]",
        "h_number": "[H-nummer]",
        "phone": "[telefonnummer]",
        "email": "[e-postadresse]",
        "account": "[kontonummer]",
        "card": "[kortnummer]",
        "number": "[nummer]",
        "address": "[adresse]",
        "name": "[navn]",
    }
)
_IN_NYNORSK: Mapping[Personal, str] = MappingProxyType({"name": "[namn]"})  # where it differs
_SHOWN = re.compile("|".join(re.escape(shown) for shown in (*PLACEHOLDERS.values(), *_IN_NYNORSK.values())))
# Words that only led up to what is now a placeholder.
_LEAD = re.compile(
    r"\b(?:(?:jeg|eg|æ) (?:het(?:er|e)|heiter?|b[ou]r (?:i|på)|er(?: f[øo]d[td])?|har)|n[ae][vm]net mitt er"
    r"|(?:f[øo]dselsn(?:umme)?r|personn(?:umme)?r|fnr|pnr|tlf|telefon|mobil|nummer|konto(?:nummer)?|e-?post|mail|adress)"
    r"(?:en?|a|et)?(?: (?:min|mi|mitt))?(?: er)?|(?:mitt|min|mi) \w+ er|mvh|(?:med )?(?:vennlig )?hilsen|helsing)"
    r"[ :.,]{0,3}$",
    re.IGNORECASE,
)
_LEAD_WIDTH = 40  # characters
_LEFT_BEFORE = re.compile(r"^(?:[ ,.;:!()-]+(?:og )?)+")
_LEFT_BETWEEN = re.compile(r" +(?=[ ,.;:!?])")
Rule: TypeAlias = Callable[[str], Iterator[Span]]
# The order decides which rule has a piece of text that two would take.
_RULES: tuple[Rule, ...] = (email_spans, iban_spans, personal_number_spans)
_LATER_RULES: tuple[Rule, ...] = (address_spans, name_spans)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A message with placeholders, and the kinds they stand for in the order of the text, each once."""

    text: str
    removed: tuple[Personal, ...] = ()

    def spoken_in(self, language: Language) -> Redacted:
        """The same with its placeholders in the form of Norwegian that the reply is in."""
        text = self.text
        for kind in _IN_NYNORSK.keys() & set(self.removed) if language == "nn" else ():
            text = text.replace(PLACEHOLDERS[kind], _IN_NYNORSK[kind])
        return Redacted(text, self.removed)

    @property
    def bare(self) -> str:
        """What there is to answer: the text without its placeholders and the words that led up to them."""
        parts, place = [], 0
        for shown in _SHOWN.finditer(self.text):
            lead = _LEAD.search(self.text, max(place, shown.start() - _LEAD_WIDTH), shown.start())
            parts.append(self.text[place : lead.start() if lead else shown.start()])
            place = shown.end()
        if not place:
            return self.text
        left = " ".join([*parts, self.text[place:]])
        return _LEFT_BETWEEN.sub("", _LEFT_BEFORE.sub("", left)).strip()


def redact(text: str, *, public: Collection[str] = frozenset()) -> Redacted:
    """`text` with personal data as placeholders; `public` comes from `public_in` and is left as it stands."""
    shadow = shadow_of(text)
    found = sorted(_personal(shadow.text, public), key=lambda span: span.start)
    parts, place = [], 0
    for span in found:
        start, end = shadow.place(span)
        parts += [text[place:start], PLACEHOLDERS[span.kind]]
        place = end
    return Redacted("".join([*parts, text[place:]]), tuple(dict.fromkeys(span.kind for span in found)))


def public_in(texts: Iterable[str]) -> frozenset[str]:
    """The telephone numbers, addresses and full names that stand in `texts`, which everybody may read."""
    found: set[str] = set()
    for text in texts:
        plain = shadow_of(text).text
        found |= public_numbers(plain)
        for rule in (email_spans, address_spans, full_name_spans):
            found.update(span.public for span in rule(plain) if span.public)
    return frozenset(found)


def _personal(plain: str, public: Collection[str]) -> list[Span]:
    found: list[Span] = []
    rules: list[Rule] = [*_RULES, partial(number_spans, public=public), *_LATER_RULES]
    for rule in rules:
        taken = [span for span in _apart(rule(plain)) if not span.public or span.public not in public]
        plain = without(plain, taken)
        found += taken
    return found


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in rising order, without those that begin inside an earlier one."""
    end = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            yield span
            end = span.end

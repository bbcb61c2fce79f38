"""What the queue is narrowed to, as it stands in the address, so that a way back and a bookmark keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from helseassistent.review.labels import GROUNDS, JUDGEMENTS, KINDS, LANGUAGES, SAID, STATES
from helseassistent.review.queue import Wanted

_WORDS_LIMIT, _LAST_PAGE = 200, 9999
_CHOICES: Mapping[str, tuple[str, Mapping[Any, str]]] = {  # name in the address: field, allowed values
    "tilstand": ("state", STATES),
    "type": ("kind", KINDS),
    "tommel": ("said", SAID),
    "grunn": ("ground", GROUNDS),
    "vurdering": ("judgement", JUDGEMENTS),
    "sprak": ("language", LANGUAGES),
}


def wanted_from(query: Mapping[str, str]) -> Wanted:
    """What the address asks for; a value that means nothing narrows nothing."""
    fields: dict[str, Any] = {"words": " ".join(query.get("q", "").split())[:_WORDS_LIMIT]}
    for name, (field, allowed) in _CHOICES.items():
        if query.get(name) in allowed:
            fields[field] = query[name]
    page = query.get("side", "")
    if page.isascii() and page.isdigit() and len(page) <= len(str(_LAST_PAGE)):
        fields["page"] = max(int(page), 1)
    return Wanted(**fields)


def query_of(wanted: Wanted, *, page: int | None = None) -> str:
    """The address's query that `wanted_from` reads back; "" when nothing is narrowed."""
    plain = Wanted()
    fields = {"q": wanted.words} if wanted.words else {}
    for name, (field, _) in _CHOICES.items():
        value = getattr(wanted, field)
        if value != getattr(plain, field):
            fields[name] = value
    number = page or wanted.page
    if number > 1:
        fields["side"] = str(number)
    return urlencode(fields)

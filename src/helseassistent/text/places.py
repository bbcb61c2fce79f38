"""Places in Norway that a question may name: municipalities, counties and larger towns."""

from __future__ import annotations

import re

from helseassistent.text.lists import word_list

PLACES = word_list("places")
# Parts of Bergen and the county around: a page about Bergen speaks for them.
_NEAR = {
    "bergen": frozenset(
        [
            "bergen",
            "åsane",
            "fana",
            "laksevåg",
            "arna",
            "ytrebygda",
            "bergenhus",
            "årstad",
            "fyllingsdalen",
            "loddefjord",
            "nesttun",
            "bryggen",
        ]
    )
}
_NAME = re.compile(r"[^\W\d_]+")


def places_in(text: str) -> frozenset[str]:
    """The known places that `text` names, lower case; a genitive s is taken off."""
    found = set()
    for match in _NAME.finditer(text.lower()):
        word = match.group()
        if word in PLACES:
            found.add(word)
        elif word.endswith("s") and word[:-1] in PLACES:
            found.add(word[:-1])
    return frozenset(found)


def foreign_places(question: str, *, known: frozenset[str]) -> frozenset[str]:
    """Places that `question` names and that neither are in `known` nor lie within one that is."""
    near = frozenset().union(*(_NEAR.get(place, frozenset()) for place in known))
    return places_in(question) - known - near

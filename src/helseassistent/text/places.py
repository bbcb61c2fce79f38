"""Places in Norway that a question may name: municipalities, counties and larger towns."""

from __future__ import annotations

import re
from functools import lru_cache

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
_FEW = 3  # places; a body that names more is about none of them
_NAME = re.compile(r"[^\W\d_]+")


def places_in(text: str) -> frozenset[str]:
    """The known places that `text` names, lower case; a genitive s is taken off.

    Some names are also verbs and nouns (halden, molde), so a small letter counts only where the text has no capitals.
    """
    shouted = text == text.lower() or text == text.upper()
    found = set()
    for name in set(_NAME.findall(text)):
        word = name.lower()
        if not shouted and name[0].islower():
            continue
        if word in PLACES:
            found.add(word)
        elif word.endswith("s") and word[:-1] in PLACES:
            found.add(word[:-1])
    return frozenset(found)


@lru_cache(maxsize=4096)
def home_of(*, header: str, body: str) -> frozenset[str]:
    """The places that a page speaks for: those its title, publisher and address name, else the few its body names.

    Empty for a page that speaks for the whole country, such as a law, which names none or many.
    """
    named = places_in(" ".join(word.capitalize() for word in _NAME.findall(header)))
    if named:
        return named | places_in(body)
    inside = places_in(body)
    return inside if len(inside) <= _FEW else frozenset()


def foreign_places(question: str, *, home: frozenset[str]) -> frozenset[str]:
    """Places that `question` names though the page speaks for others; none for a page that speaks for the country."""
    if not home:
        return frozenset()
    near = frozenset().union(*(_NEAR.get(place, frozenset()) for place in home))
    return places_in(question) - home - near

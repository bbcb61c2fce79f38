"""Owns what a style says about being seen: declarations, lengths, colours, and the simple rules of a style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from helseassistent.ingest.parse.names import names

Declarations: TypeAlias = Mapping[str, str]
Colour: TypeAlias = tuple[int, int, int]

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SCREEN = re.compile(r"@media[^{]*\b(?:screen|all)\b[^{(]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE)
_OTHER_AT = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w-]+)*)\Z", re.IGNORECASE)
_LENGTH = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))\s*(px|pt|em|rem|ex|ch|vw|vh|cm|mm|in|%)?(?![\w.])")
_PIXELS = {"": 1, "px": 1, "pt": 1.33, "em": 16, "rem": 16, "ex": 8, "ch": 8, "vw": 12, "vh": 8, "cm": 38, "mm": 3.8}
_PIXELS |= {"in": 96}
_NUMBERS = re.compile(r"-?\d+\.?\d*")
_NAMED = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "black": (0, 0, 0),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "navy": (0, 0, 128),
    "blue": (0, 0, 255),
    "green": (0, 128, 0),
    "red": (255, 0, 0),
    "yellow": (255, 255, 0),
}
_PLACES, _SIZES = names("styles", "places"), names("styles", "sizes")
_SEEN = frozenset(names("styles", "others")).union(_PLACES, _SIZES)
_AWAY = -500.0  # pixels; what lies so far to the left of or above the page is not seen
_LONGEST = 200_000  # characters of style that are read


@dataclass(frozen=True, slots=True)
class _Rule:
    tag: str
    classes: frozenset[str]
    identity: frozenset[str]
    declared: dict[str, str]


class StyleSheet:
    """Rules by their last and only part: `p`, `.lead`, `#intro`, `p.lead`; other selectors are not read."""

    def __init__(self, rules: Iterable[_Rule]) -> None:
        self._rules: dict[str, list[_Rule]] = {}  # by one of the names that an element must have
        for rule in rules:
            self._rules.setdefault(min(rule.classes | rule.identity, default=rule.tag), []).append(rule)

    def styles(self, tag: str, *, classes: frozenset[str], identity: str) -> dict[str, str]:
        """What the rules that match an element declare: those for its tag, then those for its classes and its id."""
        found: dict[str, str] = {}
        for name in (tag, *sorted(classes), identity) if self._rules else ():
            for rule in self._rules.get(name, ()):
                if rule.tag in ("", tag) and rule.classes <= classes and rule.identity <= {identity}:
                    found |= rule.declared
        return found


def read_sheet(source: str) -> StyleSheet:
    """The rules of a style sheet that hold on a screen and say something about being seen."""
    source = _COMMENT.sub("", source[:_LONGEST])
    return StyleSheet(_rules(_OTHER_AT.sub("", _SCREEN.sub(r"\1", source))))


def _rules(source: str) -> Iterator[_Rule]:
    for selectors, block in _RULE.findall(source):
        declared = {name: value for name, value in declarations(block).items() if name in _SEEN}
        for selector in selectors.split(",") if declared else ():
            parts = _SELECTOR.match(selector.strip())
            if parts and selector.strip():
                marks = re.findall(r"[.#][\w-]+", parts.group(2))
                classes = frozenset(mark[1:] for mark in marks if mark[0] == ".")
                identity = frozenset(mark[1:] for mark in marks if mark[0] == "#")
                yield _Rule((parts.group(1) or "").lower(), classes, identity, declared)


def declarations(style: str) -> dict[str, str]:
    """The names and values of a style attribute in lower case, `!important` left out."""
    pairs = (part.partition(":") for part in _COMMENT.sub("", style).lower().split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}


def closed(declared: Declarations) -> bool:
    """Whether a box is not shown, in the ways in which an accordion may be closed."""
    return (
        declared.get("display") == "none"
        or declared.get("content-visibility") == "hidden"
        or _number(declared.get("opacity")) <= 0.05
        or (_clips(declared) and any(_pixels(declared.get(name)) <= 1 for name in _SIZES))
    )


def removed(declared: Declarations) -> bool:
    """Whether a box is shown where nobody sees it: outside the page, clipped, or shrunk to nothing."""
    clip = declared.get("clip", "").replace(",", " ")
    path = declared.get("clip-path", "")
    transform = declared.get("transform", "")
    return (
        any(_pixels(declared.get(name), missing=0.0) <= _AWAY for name in _PLACES)
        or ("rect(" in clip and all(abs(float(number)) <= 1 for number in _NUMBERS.findall(clip)))
        or bool(re.search(r"inset\(\s*(?:[5-9]\d|100)(?:\.\d+)?%|(?:circle|ellipse)\(\s*0(?!\.?\d*[1-9])", path))
        or bool(re.search(r"scale[xy]?\(\s*0(?:\.0\d*)?\s*[,)]|translate\w*\([^)]*-\d{4,}px", transform))
        or declared.get("mso-hide") == "all"
        or bool(re.search(r"opacity\(\s*0", declared.get("filter", "")))
    )


def tiny(declared: Declarations) -> bool | None:
    """Whether letters are too small to be seen; None where nothing is said about their size."""
    size = declared.get("font-size")
    if size is None and re.match(r"0(?:px)?\s*/\s*0|0(?:px)?\s", declared.get("font", "")):
        return True
    if size is None:
        return None
    found = _LENGTH.match(size)
    if not found:
        return False
    value, unit = float(found.group(1)), found.group(2) or ""
    return value <= 12 if unit == "%" else value * _PIXELS[unit] <= 2


def colour(value: str | None) -> Colour | str | None:
    """Red, green and blue from 0 to 255; "none" for what is transparent; None where it is not said."""
    value = (value or "").strip().lower()
    if value == "transparent" or re.fullmatch(r"(?:rgba|hsla)\([^)]*[,/]\s*0*\.?0*%?\s*\)", value):
        return "none"
    if value in _NAMED:
        return _NAMED[value]
    digits = re.fullmatch(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", value)
    if digits:
        found = digits.group(1) if len(digits.group(1)) > 4 else "".join(2 * digit for digit in digits.group(1))
        if len(found) == 8 and found.endswith("00"):
            return "none"
        return int(found[:2], 16), int(found[2:4], 16), int(found[4:6], 16)
    parts = _NUMBERS.findall(value)
    if value.startswith("rgb") and len(parts) >= 3:
        scale = 2.55 if "%" in value else 1.0
        red, green, blue = (min(255, round(float(part) * scale)) for part in parts[:3])
        return red, green, blue
    if value.startswith("hsl") and len(parts) >= 3 and float(parts[2]) >= 97:
        return 255, 255, 255
    return None


def alike(first: Colour, second: Colour) -> bool:
    """Whether letters of one colour cannot be made out on the other."""
    return max(abs(one - other) for one, other in zip(first, second, strict=True)) <= 24


def _clips(declared: Declarations) -> bool:
    return declared.get("overflow", declared.get("overflow-y", "")) in ("hidden", "clip")


def _number(value: str | None) -> float:
    found = _NUMBERS.match(value or "") or (re.match(r"\.\d+", value or ""))
    if not found:
        return 1.0
    return float(found.group()) / (100 if "%" in (value or "") else 1)


def _pixels(value: str | None, *, missing: float = 1000.0) -> float:
    """A length in pixels; a share of something unknown counts as much, or as far away."""
    found = _LENGTH.match(value or "")
    if not found:
        return missing
    number, unit = float(found.group(1)), found.group(2) or ""
    if unit == "%":
        return number * 6 if number < 0 else (0.0 if number == 0 else 1000.0)
    return number * _PIXELS[unit]

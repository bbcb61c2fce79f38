"""The links of the page as HTML: numbers that dial, and pages that open in a tab of their own."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from helseassistent.chat.strings import Strings
from helseassistent.types import EmergencyNumber

_SAFE_SCHEMES = ("https://", "http://")


def number_links(numbers: Mapping[str, EmergencyNumber]) -> dict[str, str]:
    """A link that dials, for each number by its id."""
    return {name: number_link(number) for name, number in numbers.items()}


def number_link(number: EmergencyNumber) -> str:
    """The number as shown, dialling its digits."""
    digits = "".join(character for character in number.number if character.isdigit())
    return f'<a class="ha-number" href="tel:{digits}">{escape(number.number)}</a>'


def page_link(url: str, label: str, words: Strings) -> str:
    """A link out of the chat, in a new tab and said to be; bare text when the address is not a web address."""
    if not url.startswith(_SAFE_SCHEMES):
        return f"<span>{escape(label)}</span>"
    return (
        f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)}'
        f' <span class="ha-new-tab">{escape(words.new_tab)}</span></a>'
    )

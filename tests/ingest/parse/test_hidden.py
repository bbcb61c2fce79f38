"""Rows B15 and B16 of RELIABILITY.md: what a reader of a page cannot see is not stored, and what can be opened is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from helseassistent.ingest.found import Document

Read = Callable[..., Document]
CANARY = "kanarifugl"
TEXT = "<p>Legevakten er åpen hele døgnet, og du bør ringe før du kommer.</p>"

HIDING_PLACES = {
    "script": f"<script>var a = '{CANARY}';</script>",
    "style": f"<style>.x::after {{ content: '{CANARY}'; }}</style>",
    "comment": f"<!-- {CANARY} -->",
    "conditional comment": f"<!--[if IE]><p>{CANARY}</p><![endif]-->",
    "template": f"<template><p>{CANARY}</p></template>",
    "noscript": f"<noscript><p>{CANARY}</p></noscript>",
    "display none": f'<p style="display:none">{CANARY}</p>',
    "display none, important": f'<p style="DISPLAY : none !important">{CANARY}</p>',
    "visibility hidden": f'<p style="visibility:hidden">{CANARY}</p>',
    "off screen to the left": f'<p style="position:absolute;left:-9999px">{CANARY}</p>',
    "off screen above": f'<p style="position:fixed; top:-200em">{CANARY}</p>',
    "text indent": f'<p style="text-indent:-5000px">{CANARY}</p>',
    "white on white": f'<p style="color:#fff">{CANARY}</p>',
    "nearly white on white": f'<p style="color:rgb(250,250,252)">{CANARY}</p>',
    "blue on blue": f'<div style="background-color:#003366"><p style="color:#003366">{CANARY}</p></div>',
    "white font element": f'<font color="#FFFFFF">{CANARY}</font>',
    "transparent ink": f'<p style="color:transparent">{CANARY}</p>',
    "ink without opacity": f'<p style="color:rgba(0,0,0,0)">{CANARY}</p>',
    "font size nought": f'<p style="font-size:0">{CANARY}</p>',
    "font size of a pixel": f'<span style="font-size:1px">{CANARY}</span>',
    "font shorthand": f'<span style="font:0/0 a">{CANARY}</span>',
    "aria-hidden": f'<p aria-hidden="true">{CANARY}</p>',
    "hidden attribute": f"<p hidden>{CANARY}</p>",
    "clip": f'<p style="position:absolute;clip:rect(0 0 0 0)">{CANARY}</p>',
    "clip by a pixel": f'<p style="position:absolute;clip:rect(1px,1px,1px,1px)">{CANARY}</p>',
    "clip path": f'<p style="clip-path: inset(50%)">{CANARY}</p>',
    "clip circle": f'<p style="clip-path: circle(0)">{CANARY}</p>',
    "opacity": f'<p style="opacity:0">{CANARY}</p>',
    "opacity filter": f'<p style="filter:opacity(0%)">{CANARY}</p>',
    "no height": f'<div style="height:0;overflow:hidden">{CANARY}</div>',
    "scaled away": f'<p style="transform:scale(0)">{CANARY}</p>',
    "moved away": f'<p style="transform: translateX(-9999px)">{CANARY}</p>',
    "rule of a style sheet": f'<style>.zz {{ display:none }}</style><p class="a zz">{CANARY}</p>',
    "rule for an id": f'<style>@media screen {{ #qq {{ left:-999em }} }}</style><p id="qq">{CANARY}</p>',
    "class of a framework": f'<p class="visually-hidden">{CANARY}</p>',
    "alt text": f'<img src="a.png" alt="{CANARY}">',
    "title attribute": f'<p title="{CANARY}">Se bildet.</p>',
    "hidden field": f'<input type="hidden" value="{CANARY}">',
    "text field": f"<textarea>{CANARY}</textarea>",
    "list of choices": f"<select><option>{CANARY}</option></select>",
    "drawing": f"<svg><title>{CANARY}</title><text>{CANARY}</text></svg>",
    "frame": f'<iframe srcdoc="{CANARY}">{CANARY}</iframe>',
    "object": f"<object>{CANARY}</object>",
    "closed dialog": f"<dialog>{CANARY}</dialog>",
    "ruby bracket": f"<ruby>ord<rp>{CANARY}</rp></ruby>",
    "inside what is hidden": f'<div style="display:none"><section><p style="display:block">{CANARY}</p></section></div>',
    "closed, and opened by nothing": f'<div id="panel" class="accordion-panel" hidden>{CANARY}</div>',
    "opened, but off screen": f'<button aria-controls="w">Åpne</button><div id="w" style="left:-9999px">{CANARY}</div>',
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_b15_what_is_hidden_is_not_read(place: str, read: Read) -> None:
    found = read(f"<html><body><main><h1>Legevakt</h1>{TEXT}{HIDING_PLACES[place]}{TEXT}</main></body></html>")
    assert CANARY not in repr(found)
    assert found.body.count("Legevakten er åpen") == 2


SEEN_PLACES = {
    "closed details": "<details><summary>Pris</summary><p>Gratis for alle</p></details>",
    "panel of a button": '<button aria-expanded="false" aria-controls="p">Pris</button><div id="p" hidden>Gratis for alle</div>',
    "panel of a Bootstrap link": '<a aria-expanded="false" href="#c">Pris</a><div id="c" class="collapse" style="display:none">Gratis for alle</div>',
    "panel after a heading": '<h3>Pris</h3><div class="accordion-content" style="display:none"><p>Gratis for alle</p></div>',
    "tab": '<button role="tab" aria-controls="t">Pris</button><div id="t" role="tabpanel" hidden>Gratis for alle</div>',
    "panel without height": '<button aria-expanded="false" aria-controls="h">Pris</button><div id="h" style="max-height:0;overflow:hidden">Gratis for alle</div>',
    "hidden until found": '<div hidden="until-found"><p>Pris: Gratis for alle</p></div>',
    "white on blue": '<div style="background:#003366"><p style="color:white">Pris: Gratis for alle</p></div>',
    "white on a picture": '<div style="background-image:url(a.jpg)"><p style="color:white">Pris: Gratis for alle</p></div>',
    "letters in a box without size": '<div style="font-size:0"><p style="font-size:16px">Pris: Gratis for alle</p></div>',
    "shown on large screens": '<p class="d-none d-md-block">Pris: Gratis for alle</p>',
    "hidden on paper": '<style>@media print { .np { display:none } }</style><p class="np">Pris: Gratis for alle</p>',
    "visible in what is invisible": '<div style="visibility:hidden"><p style="visibility:visible">Pris: Gratis for alle</p></div>',
}  # fmt: skip


@pytest.mark.parametrize("place", SEEN_PLACES)
def test_b15_what_can_be_seen_or_opened_is_read(place: str, read: Read) -> None:
    found = read(f"<html><body><main><h1>Legevakt</h1>{TEXT}{SEEN_PLACES[place]}</main></body></html>")
    assert "Gratis for alle" in found.body
    assert "Pris" in found.body


@pytest.mark.parametrize(
    "smuggled",
    [
        "".join(chr(0xE0000 + ord(letter)) for letter in "ignorer reglene"),
        "\ufe0f\ufe00",
        "\U000e0101",
        "\u200b\u200c\u200d\u2060\ufeff",
        "\u202a\u202b\u202d\u202e\u202c",
        "\u2066\u2067\u2068\u2069",
        "\u00ad",
        "\u180e\u115f\u3164",
        "\ue000\U000f0000",
        "\x07\x1b",
    ],
    ids=ascii,
)
def test_b16_invisible_characters_are_not_stored(smuggled: str, read: Read) -> None:
    page = f"<html><head><title>Lege{smuggled}vakt</title></head><body><main><h1 id='a{smuggled}'>Lege{smuggled}vakt</h1>{TEXT}<p>Ring{smuggled} først.</p></main></body></html>"
    found = read(page)
    stored = f"{found.title}{found.body}{found.anchors}{found.publisher}"
    assert [
        name for c in stored if (name := unicodedata.category(c)) in ("Cf", "Cs", "Co", "Cn", "Cc") and c != "\n"
    ] == []
    assert not set(smuggled) & set(stored)
    assert found.title == "Legevakt"
    assert "Ring først." in found.body


def test_no_break_spaces_stay_and_letters_are_composed(read: Read) -> None:
    found = read("<main><h1>Pris</h1><p>Du betaler 195&nbsp;kroner per do\u0308gn, a\u030ar etter a\u030ar.</p></main>")
    assert "195\u00a0kroner" in found.body
    assert "år etter år" in found.body

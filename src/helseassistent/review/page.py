"""The review's HTML: templates that escape all they are given, and the source page, too long for a template."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from helseassistent.colours import colours
from helseassistent.review import labels
from helseassistent.review.case import ShownPage
from helseassistent.review.cases import Quote
from helseassistent.review.filters import query_of
from helseassistent.review.judging import CATEGORY_LIMIT, NOTE_LIMIT, mark_of
from helseassistent.review.sources import Piece, Sources

ASSETS = {"review.css": "text/css; charset=utf-8", "review.js": "text/javascript; charset=utf-8"}
_WEB = ("https://", "http://")


def asset(name: str) -> str:
    """The text of a file in `review/assets`; the colours stand before a style."""
    text = resources.files("helseassistent.review").joinpath("assets", name).read_text(encoding="utf-8")
    return colours() + text if name.endswith(".css") else text


@cache
def version(name: str) -> str:
    """A digest of an asset, so that a browser never keeps an old one."""
    return sha256(asset(name).encode()).hexdigest()[:12]


@cache
def environment() -> Environment:
    """The templates; a name that is not given is an error, and every text is escaped."""
    made = Environment(
        loader=PackageLoader("helseassistent.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": labels.day, "decimal": labels.decimal, "web": _web_address}
    made.globals |= {name: getattr(labels, name) for name in dir(labels) if name.isupper()}
    made.globals |= {
        "why": labels.why,
        "lacked_the_fact": labels.lacked_the_fact,
        "query_of": query_of,
        "version": version,
        "source_html": source_html,
        "mark_of": mark_of,
    }
    made.globals |= {"NOTE_LIMIT": NOTE_LIMIT, "CATEGORY_LIMIT": CATEGORY_LIMIT}
    return made


def render(template: str, **context: object) -> str:
    """The named template with these values."""
    return environment().get_template(template).render(**context)


def source_html(shown: ShownPage, *, can_pick: bool) -> Markup:
    """The whole page; every piece tells where it stands, so that words picked in a browser can be found again."""
    return Markup("").join(_piece(piece, can_pick=can_pick) for piece in shown.pieces)


def places_of(right: Sequence[Quote], *, sources: Sources) -> list[dict[str, str]]:
    """Picked quotes as the form holds them; those of pages that have changed since are left out."""
    found = []
    for quote in right:
        page = sources.pages.get(quote.file)
        if page and page.body[quote.start : quote.end] == quote.quote:
            value = f"{mark_of(page)}:{quote.start}-{quote.end}:{quote.file}"
            found.append({"value": value, "words": quote.quote, "title": quote.title})
    return found


def _piece(piece: Piece, *, can_pick: bool) -> Markup:
    words = Markup("").join(
        Markup("<mark>{}</mark>").format(_exact(text)) if marked else _exact(text) for text, marked in piece.parts
    )
    place = Markup(' data-start="{}" data-end="{}"').format(piece.start, piece.end)
    if not piece.sentence:
        return Markup('<span class="ra-between"{}>{}</span>').format(place, words)
    kind = "ra-sentence ra-heading" if piece.level else "ra-sentence"
    role = Markup(' role="option" aria-selected="false"') if can_pick else Markup("")
    return Markup('<span class="{}" id="s{}"{}{}>{}</span>').format(kind, piece.start, role, place, words)


def _exact(text: str) -> Markup:
    # A browser makes one line break of a carriage return and a line feed, unless the former is written as a reference.
    return Markup(str(escape(text)).replace("\r", "&#13;"))


def _web_address(url: str) -> str | None:
    return url if url.startswith(_WEB) else None

"""Writing a stored page as the HTML that a server could have sent, with the furniture of a site around it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from helseassistent.types import Page

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)")
_ITEM = re.compile(r"( *)- (.*)")


def as_html(page: Page) -> str:
    """A page of a site whose menus, banners and footers are no part of `page`."""
    main = "\n".join(_blocks(page.body))
    return f"""<!DOCTYPE html>
<html lang="{page.language}"><head><meta charset="utf-8"><title>{html.escape(page.title)}</title></head><body>
<a class="skip-link" href="#innhold">Hopp til innhald</a>
<header><a href="/"><img alt="Logo blå" src="/logo.svg"></a>
<nav><a href="/om">Om oss</a><a href="/nytt">Nytt</a></nav></header>
<div class="breadcrumbs">Du er her: <a href="/">Forside</a></div>
<main id="innhold">
{main}
<div class="feedback"><p>Fann du det du leita etter?</p><button>Ja</button><button>Nei</button></div>
</main>
<footer><p>Ansvarlig redaktør</p><a href="/personvern">Personvern</a></footer>
</body></html>"""


def _blocks(body: str) -> Iterator[str]:
    for block in re.split(r"\n{2,}", body.strip("\n")):
        lines = block.split("\n")
        while lines:
            if heading := _HEADING.match(lines[0]):
                level = len(heading.group(1))
                yield f"<h{level}>{html.escape(heading.group(2))}</h{level}>"
                lines = lines[1:]
            elif _ITEM.match(lines[0]):
                count = next((at for at, line in enumerate(lines) if not line.startswith((" ", "- "))), len(lines))
                yield _list(lines[:count])
                lines = lines[count:]
            else:
                count = next((at for at, line in enumerate(lines) if at and _ITEM.match(line)), len(lines))
                yield f"<p>{'<br>'.join(html.escape(line, quote=False) for line in lines[:count])}</p>"
                lines = lines[count:]


def _list(lines: list[str]) -> str:
    """Nested lists by their indentation; a line without a mark goes on with the item before it."""
    made, depth = [], [-1]
    for line in lines:
        item = _ITEM.match(line)
        if item is None:
            made.append(f"<br>{html.escape(line.strip())}")
            continue
        indent = len(item.group(1))
        while indent < depth[-1]:
            made.append("</li></ul>")
            depth.pop()
        made.append("<ul><li>" if indent > depth[-1] else "</li><li>")
        if indent > depth[-1]:
            depth.append(indent)
        made.append(html.escape(item.group(2)))
    return "".join(made) + "</li></ul>" * (len(depth) - 1)

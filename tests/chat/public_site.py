"""A stored page served as a public site would show it: blocks as HTML, hard spaces, and hyphens that may be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

MARKED = (255, 0, 255)
_STYLE = (
    "body{margin:0 8px;font:16px/1.5 sans-serif;max-width:40rem}header{height:1500px}footer{height:1500px}"
    "::target-text{background:rgb(255,0,255);color:black}p,li{hyphens:manual}"
)
_LINE = re.compile(r"[^\n]*\n?")
_BLOCK = re.compile(r"(?P<heading>#{1,6})[ \t]+|[ \t]*(?P<item>[-*•])[ \t]+")
_LONG_WORD = re.compile(r"[a-zæøå]{14,}")
_HARD_SPACE = re.compile(r"(?<=§) | (?=\d)|(?<=\d) (?=(?:prosent|kroner|timer|år|dager|plasser|kommunene)\b)")
_FIRST, _LAST = "\ue000", "\ue001"  # private characters that stand around a word until it is HTML


def page(body: str, *, quote: tuple[int, int], typeset: bool) -> str:
    """The page with the first word of the quote in `#first` and its last in `#last`; `typeset` adds hard spaces."""
    words = [match.span() for match in re.finditer(r"\S*\w\S*", body[quote[0] : quote[1]])]
    spots = [(quote[0] + words[0][0], quote[0] + words[0][1]), (quote[0] + words[-1][0], quote[0] + words[-1][1])]
    marked = _with_marks(body, spots)
    html = "".join(_blocks(marked, typeset=typeset))
    for sign, name in ((_FIRST, "first"), (_LAST, "last")):
        html = html.replace(sign, f'<span id="{name}">', 1).replace(sign, "</span>", 1)
    return (
        f"<!doctype html><html lang=nb><meta charset=utf-8><style>{_STYLE}</style><header>Meny</header>{html}<footer>"
    )


def _with_marks(body: str, spots: Sequence[tuple[int, int]]) -> str:
    (a, b), (c, d) = spots
    if (a, b) == (c, d):
        return body[:a] + _FIRST + _LAST + body[a:b] + _LAST + _FIRST + body[b:]
    return body[:a] + _FIRST + body[a:b] + _FIRST + body[b:c] + _LAST + body[c:d] + _LAST + body[d:]


def _blocks(body: str, *, typeset: bool) -> Iterator[str]:
    paragraph: list[str] = []
    listed = False
    for line in [*_LINE.findall(body), ""]:
        plain = line.lstrip(_FIRST + _LAST)
        block = _BLOCK.match(plain)
        if paragraph and (block or not plain.strip()):
            yield f"<p>{_text(''.join(paragraph), typeset=typeset)}</p>"
            paragraph = []
        item = bool(block and block["item"])
        if listed != item and (block or plain.strip()):
            yield "</ul>" if listed else "<ul>"
            listed = item
        if block is None:
            paragraph += [line] if plain.strip() else []
            continue
        signs = line[: len(line) - len(plain)]
        text = _text(signs + plain[block.end() :], typeset=typeset)
        level = len(block["heading"] or "")
        yield f"<h{level}>{text}</h{level}>" if level else f"<li>{text}</li>"


def _text(text: str, *, typeset: bool) -> str:
    if typeset:
        text = _LONG_WORD.sub(lambda match: f"{match[0][:6]}\u00ad{match[0][6:]}", text)
        text = _HARD_SPACE.sub("\u00a0", text)
    return escape(text.rstrip())


@contextmanager
def public_site(pages: dict[str, str]) -> Iterator[str]:
    """The address under which each of `pages`, which may grow, is served by its name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = pages.get(self.path.strip("/"), "").encode()
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(html)))
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()

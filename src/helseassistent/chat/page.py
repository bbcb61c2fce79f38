"""The page around the conversation: its words in both languages, and Gradio's shell made ours.

Gradio serves an English page that is empty until its script has run. The numbers that save lives must stand there
before that, so the shell is rewritten: language, title, header and footer as static HTML, a nonce on each script.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from html import escape
from importlib import resources

from helseassistent.chat.links import number_links, page_link
from helseassistent.chat.strings import Strings, fill, strings
from helseassistent.colours import colours
from helseassistent.text.heard import QUESTION_LIMIT
from helseassistent.types import EmergencyNumber, Language, Topic

_TEXT = re.compile(r'data-t="([\w.]+)"[^>]*>')
_LABEL = re.compile(r'data-label="(\w+)"')
_LANGUAGE = re.compile(r'data-language="(\w+)"')
_NUMBER = re.compile(r"\{(\w+)\}")
_LANGUAGES: tuple[Language, Language] = ("nb", "nn")
# Pictures and cards for social media that point to other hosts; an app manifest that nobody asked for.
_FOREIGN = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>|<base [^>]*>')
# Gradio's description of its own API, for a panel that the page does not have; it names the host all over.
_API_INFO = re.compile(r"window\.gradio_api_info = .*?;(?=</script>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Visit:
    """How one visitor gets the page: `chosen` is the language asked for by hand, `nonce` this response's own."""

    language: Language
    chosen: Language | None
    nonce: str


def asset(name: str) -> str:
    """The text of a file in `chat/assets`; the colours stand before a style."""
    text = resources.files("helseassistent.chat").joinpath("assets", name).read_text(encoding="utf-8")
    return colours() + text if name.endswith(".css") else text


def texts(language: Language, numbers: Mapping[str, EmergencyNumber], *, keep_days: int = 0) -> dict[str, str]:
    """The words of the page as HTML by key; a list's parts are `key.0`, `key.1`. Names that are no number stay.

    `keep_days` is how long what is asked is kept, 0 that it is not.
    """
    words = strings(language)
    found = dict(_entries(words)) | {name: words.notices[name][0] for name in ("empty", "too_long")}
    if keep_days:
        found["footer.1"] = fill(words.footer_kept, {"days": str(keep_days)})
    links = number_links(numbers)
    return {
        key: _NUMBER.sub(lambda match: links.get(match[1], match[0]), escape(text, quote=False))
        for key, text in found.items()
    }


def _entries(words: Strings) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for field in fields(Strings):
        match getattr(words, field.name):
            case str() as text:
                entries.append((field.name, text))
            case tuple() as parts:
                entries.extend((f"{field.name}.{number}", part) for number, part in enumerate(parts))
    return entries


def spell(template: str, language: Language, numbers: Mapping[str, EmergencyNumber], *, keep_days: int = 0) -> str:
    """`template` with the words that its `data-t` and `data-label` attributes ask for."""
    found = texts(language, numbers, keep_days=keep_days)
    template = _TEXT.sub(lambda match: match[0] + found[match[1]], template)
    template = _LABEL.sub(lambda match: f'{match[0]} aria-label="{found[match[1]]}"', template)
    return _LANGUAGE.sub(lambda m: f'{m[0]} aria-current="true"' if m[1] == language else m[0], template)


@dataclass(frozen=True, slots=True)
class Shell:
    """What does not change from visit to visit: numbers, and the pages offered when scripts are off."""

    numbers: Mapping[str, EmergencyNumber]
    pages: Sequence[Topic] = ()
    keep_days: int = 0  # how long what is asked is kept; 0: it is not

    def rewrite(self, gradio: str, visit: Visit) -> str:
        """Gradio's page with our language, title, header, footer, style and words, and `visit.nonce` on its scripts."""
        words = strings(visit.language)
        html = _FOREIGN.sub("", gradio)
        html = html.replace('lang="en"', f'lang="{visit.language}"', 1)
        html = html.replace("</head>", self._head(visit, words) + "</head>", 1)
        html = re.sub(r"<body[^>]*>", lambda _: "<body>" + self._top(visit.language), html, count=1)
        footer = spell(asset("footer.html"), visit.language, self.numbers, keep_days=self.keep_days)
        html = html.replace("</body>", footer + "</body>", 1)
        return re.sub(r"<script(?=[\s>])", f'<script nonce="{visit.nonce}"', html)

    def _head(self, visit: Visit, words: Strings) -> str:
        shared = {
            "language": visit.language,
            "chosen": visit.chosen,
            "limit": QUESTION_LIMIT,
            "texts": {name: texts(name, self.numbers, keep_days=self.keep_days) for name in _LANGUAGES},
        }
        script = json.dumps(shared, ensure_ascii=False).replace("<", "\\u003c")
        return (
            f"<title>{escape(words.title)}</title>"
            f'<meta name="description" content="{escape(words.tagline)}">'
            '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
            f'<link rel="stylesheet" href="./chat.css?v={style_version()}">'
            f"<script>window.helseassistent = {script};</script>"
        )

    def _top(self, language: Language) -> str:
        words = strings(language)
        links = "".join(f"<li>{page_link(page.page_url, page.title, words)}</li>" for page in self.pages)
        told = words.without_script if links else words.without_script_bare
        plain = f'<div class="ha-noscript"><p>{escape(told)}</p>{f"<ul>{links}</ul>" if links else ""}</div>'
        return (
            f"{spell(asset('header.html'), language, self.numbers)}<noscript>{plain}</noscript>"
            f'<p class="ha-loading" id="ha-loading">{escape(words.loading)}</p>'
        )


def asked_of_browser(html: str, root: str) -> str:
    """Gradio's page with `root`, wherever it stands as a whole string, replaced by where the browser found the page."""
    html = _API_INFO.sub("window.gradio_api_info = undefined;", html)
    return re.sub(rf'"{re.escape(root)}[^"\\]*"', 'new URL(".", location.href).href.replace(/[/]$/, "")', html)


def style_version() -> str:
    """A digest of the style sheet, so that a browser never keeps an old one."""
    return sha256(asset("chat.css").encode()).hexdigest()[:12]


def pick_language(query: str | None, accepted: str, *, default: Language) -> Language:
    """The written form asked for by hand, else the first of the browser's that we have, else `default`."""
    if query in _LANGUAGES:
        return "nn" if query == "nn" else "nb"
    for part in accepted.lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag in ("nn", "nb", "no"):
            return "nn" if tag == "nn" else "nb"
    return default


def failure_page(message: str, numbers: Mapping[str, EmergencyNumber], *, language: Language = "nb") -> str:
    """A page that works when nothing else does: one sentence, and the numbers."""
    words = strings(language)
    links = number_links(numbers)
    items = "".join(f"<li>{fill(escape(line), links)}</li>" for line in words.emergency)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(words.title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        f"<body><main><h1>{escape(words.title)}</h1><p>{escape(message)}</p><ul>{items}</ul></main></body></html>"
    )

"""Two hundred hostile messages of twenty kinds: none runs, none fetches, each is shown as it was written."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from chat.browser import Browser

KINDS = [
    "<script>window.__xss=1</script>",
    "<script src=https://ond.example/x.js></script>",
    "<img src=x onerror=window.__xss=1>",
    "<img srcset='https://ond.example/a.png 1x' src=https://ond.example/b.png>",
    "<svg onload=window.__xss=1><use href=https://ond.example/x.svg#a></svg>",
    "<iframe src='javascript:parent.__xss=1' srcdoc='<script>parent.__xss=1</script>'></iframe>",
    "<a href='javascript:window.__xss=1' ping=https://ond.example autofocus onfocus=window.__xss=1>lenke</a>",
    "[lenke](javascript:window.__xss=1) ![bilde](https://ond.example/x.png)",
    "<style>@import 'https://ond.example/x.css'; body{background:url(https://ond.example/y)}</style>",
    "<link rel=stylesheet href=https://ond.example/x.css><link rel=prefetch href=https://ond.example/>",
    "<meta http-equiv=refresh content='0;url=https://ond.example'>",
    "<base href=https://ond.example/>",
    "<form action=https://ond.example><input name=a autofocus onfocus=window.__xss=1><button>Send</button></form>",
    "<video autoplay src=https://ond.example/v poster=https://ond.example/p onerror=window.__xss=1></video>",
    "<object data=https://ond.example/o><embed src=https://ond.example/e></object>",
    "<math><mtext></form><mglyph><style></math><img src onerror=window.__xss=1>",
    "<details open ontoggle=window.__xss=1><summary>a</summary></details>",
    "{{constructor.constructor('window.__xss=1')()}} ${window.__xss=1} <%= window.__xss=1 %> #{window.__xss=1}",
    "<template><img src=x onerror=__xss=1></template><noscript><p title='</noscript><img src=x onerror=__xss=1>'>",
    "$$\\href{javascript:window.__xss=1}{a}$$ $\\includegraphics{https://ond.example/x}$",
]
AROUND = [
    "{}",
    'legevakten "> {}',
    "legevakten '> {}",
    "</p></article></div>{}",
    "</script>{}",
    "-->{}<!--",
    "</textarea></title></style>{}",
    "ondsinnet innhold {}",
    "prøver legevakten analysere {} {}",
    "`{}` **{}**\n\n    {}",
]
STRANGE = "#ha-log :is(img, script, iframe, svg, style, link, meta, base, video, form, math, object, embed, template)"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_messages_are_text(browser: Browser, kind: str) -> None:
    browser.open()
    for around in AROUND:
        payload = around.replace("{}", kind)
        browser.ask(payload)
        shown = browser.run("return [...document.querySelectorAll('.ha-asked .ha-body')].at(-1).textContent")
        assert shown == payload.strip()
    assert len(browser.all(".ha-asked")) == len(AROUND)
    assert browser.run("return window.__xss") is None
    assert not browser.all(STRANGE)
    assert browser.run("return location.origin") == browser.site
    assert browser.hosts() == {urlsplit(browser.site).netloc}

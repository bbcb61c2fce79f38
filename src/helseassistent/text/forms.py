"""One spelling for every form of a word: irregular inflection looked up, nynorsk respelt as bokmål."""

from __future__ import annotations

import re
from functools import lru_cache

from helseassistent.text.lists import word_pairs

FORMS = {form: base for base, forms in word_pairs("forms") for form in forms.split()}
_STEMS = dict(word_pairs("nynorsk_stems"))
_STEM = re.compile(
    "|".join(
        sorted((re.escape(stem).replace(r"\^", "^").replace(r"\$", "$") for stem in _STEMS), key=len, reverse=True)
    )
)
# Søkje and søke, byggjer and bygger: the j that nynorsk may write between g or k and an ending.
_J = re.compile(r"(?<=[a-zæøå]{2}[gk])j(?=(?:e|a|er|ar|te|de|ande|ing|inga|ingar|ast)$)")
# Offentleg is offentlig, but a fastlege is a lege; what a doctor is called before -lege is a closed class.
_ADJECTIVE = re.compile(r"(?<=[a-zæøå]{2})leg(?=(?:e|t|are|ast|aste|heit|heita|heiter|het|vis|gjer|gjere|gjering)?$)")
_DOCTOR = re.compile(
    r"(?:^|fast|tann|over|under|turnus|kommune|bedrifts|syke|hus|hjems|barne|kvinne|øye|hud|hjerte|nerve|vakt|skole|skips|by"
    r"|distrikts|fylkes|livs|allmenn|spesialist|avdelings|sjef|assistent|reserve|vikar|dyre|helsestasjons|fengsels)lege$"
)


@lru_cache(maxsize=100_000)
def common_form(word: str) -> str:
    """The form of `word`, in lower case, that all its irregular and nynorsk forms share; most words are their own."""
    if not word.isalpha():
        return word
    known = FORMS.get(word)
    if known is not None:
        return known
    respelt = _J.sub("", _STEM.sub(_bokmaal, word))
    if not _DOCTOR.search(respelt):
        respelt = _ADJECTIVE.sub("lig", respelt)
    return FORMS.get(respelt, respelt)


def _bokmaal(found: re.Match[str]) -> str:
    text, whole = found.group(), found.string
    for key in (text, f"^{text}" if found.start() == 0 else "", f"{text}$" if found.end() == len(whole) else ""):
        if key in _STEMS:
            return _STEMS[key]
    return text

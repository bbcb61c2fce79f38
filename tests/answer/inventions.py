"""False claims made from true pages, each in one of the ways in which a model goes wrong; which, is drawn by a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from helseassistent.text.sentences import blocks, sentence_spans
from helseassistent.text.words import content_words
from helseassistent.types import Page, Passage

Draw = random.Random
_VERBS = re.compile(r"\b(?:er|har|skal|kan|tar|bør|må|vil|drives|behandles|bygger|deler)\b")
_NUMBER = re.compile(r"\d\d+")
_NAMES = ("Bergen", "Storetveit", "Nygårdsparken", "Hordaland", "Norges", "KS", "Helse Bergen")
_OTHER_NAMES = ("Oslo", "Fana", "Marken", "Rogaland", "Sveriges", "LO", "Helse Fonna", "Askøy", "Haukeland")
_TURNED: Mapping[str, str] = {
    **{"få": "mange", "øvre": "nedre", "små": "store", "dagtid": "nattetid", "redusere": "øke"},
    **{"enklere": "vanskeligere", "tettere": "sjeldnere", "sommeren": "vinteren", "videreutvikling": "avvikling"},
    **{
        "avlaster": "belaster",
        "opprettet": "nedlagt",
        "barn": "voksne",
        "lokale": "statlige",
        "stengingen": "åpningen",
    },
    **{"flere": "færre", "bedre": "dårligere", "akutte": "milde", "alvorlige": "lette", "unge": "gamle"},
    **{"kommunen": "staten", "kommunene": "fylkene", "pasienter": "pårørende", "psykiatrisk": "kirurgisk"},
    **{"prosent": "promille", "plasser": "biler", "samarbeide": "konkurrere", "sammen": "alene", "med": "uten"},
}
_STRONGER: Mapping[str, str] = {
    **{"kan": "må", "bør": "må", "vil": "skal", "noen": "alle", "fire": "fem", "blant annet": "bare"},
    **{"mange": "alle", "enklere prøver": "alle prøver", "mest": "bare", "store": "største"},
}


@dataclass(frozen=True, slots=True)
class Invention:
    """A claim that `page` does not make, with the words and the passage that are said to carry it."""

    kind: str
    page: Page
    passage: Passage
    text: str
    quote: str
    named: str = "K1"  # the passage that the model names; K1 is `passage`


def inventions(count: int, *, passages: Sequence[Passage], pages: Mapping[str, Page], seed: int) -> list[Invention]:
    """The first `count` of an endless draw, the kinds by turns and no invention twice."""
    drawn: dict[Invention, None] = {}
    for invention in _drawn(passages, pages, Draw(seed)):
        drawn[invention] = None
        if len(drawn) == count:
            break
    return list(drawn)


def _drawn(passages: Sequence[Passage], pages: Mapping[str, Page], draw: Draw) -> Iterator[Invention]:
    told = [(passage, sentence) for passage in passages for sentence in _sentences(passage)]
    while True:
        for kind, invent in _KINDS.items():
            for passage, sentence in draw.sample(told, len(told)):
                others = [other for _, other in told if other != sentence]
                if said := invent(sentence, others, draw):
                    yield Invention(kind, pages[passage.file], passage, *said)
                    break
        passage, sentence = draw.choice(told)
        yield Invention(
            "wrong passage", pages[passage.file], passage, sentence, sentence, draw.choice(["K2", "K9", "", "1"])
        )
        if denied := _denied(*draw.choice(told), pages, draw):
            yield denied


def _sentences(passage: Passage) -> list[str]:
    spans = [
        span
        for block in blocks(passage.text)
        for span in sentence_spans(passage.text, start=block.start, end=block.end)
    ]
    found = [passage.text[start:end] for start, end in spans]
    return [
        sentence for sentence in found if len(sentence.split()) > 5 and sentence.endswith(".") and "\n" not in sentence
    ]


def _denied(passage: Passage, sentence: str, pages: Mapping[str, Page], draw: Draw) -> Invention | None:
    """The page says «ikke», the claim does not, and the quote begins after it or leaves it out."""
    verb = _VERBS.search(sentence)
    if verb is None:
        return None
    denied = f"{sentence[: verb.end()]} ikke{sentence[verb.end() :]}"
    page = pages[passage.file]
    body = page.body.replace(sentence, denied, 1)
    text = passage.text.replace(sentence, denied, 1)
    other = replace(passage, text=text, end=passage.start + len(text))
    quote = draw.choice([denied, sentence, sentence[verb.end() :].strip()])
    return Invention("ikke dropped", replace(page, body=body), other, sentence, quote)


_Said = tuple[str, str] | None
_Invent = Callable[[str, Sequence[str], Draw], _Said]


def _one_letter(sentence: str, draw: Draw) -> str:
    place = draw.choice([place for place, sign in enumerate(sentence) if sign.isalpha()])
    return sentence[:place] + draw.choice("aeiknorst".replace(sentence[place].lower(), "")) + sentence[place + 1 :]


def _quote_off_by_one(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    return sentence, _one_letter(sentence, draw)


def _both_off_by_one(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    changed = _one_letter(sentence, draw)
    return changed, changed


def _denies(sentence: str, _: Sequence[str], __: Draw) -> _Said:
    verb = _VERBS.search(sentence)
    return (f"{sentence[: verb.end()]} ikke{sentence[verb.end() :]}", sentence) if verb else None


def _turns_a_number(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    number = draw.choice(found)
    turned = draw.choice(
        [number.group()[::-1], str(int(number.group()) + draw.choice([-1, 1, 10])), number.group() + "0"]
    )
    if turned == number.group():
        return None
    text = sentence[: number.start()] + turned + sentence[number.end() :]
    return text, draw.choice([sentence, text])


def _gives_a_number(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    number = f"{draw.choice([55, 815, 22])} {draw.randrange(10, 99)} {draw.randrange(10, 99)} {draw.randrange(10, 99)}"
    said = draw.choice(["Ring {}.", "Telefonnummeret er {}.", "Du når dem på {}."]).format(number)
    return draw.choice([f"{sentence} {said}", said]), sentence


def _says_another(sentence: str, others: Sequence[str], draw: Draw) -> _Said:
    return draw.choice(others), sentence


def _changes_a_word(sentence: str, others: Sequence[str], draw: Draw) -> _Said:
    words = [word for other in others for word in content_words(other) if word not in sentence.lower()]
    old = draw.choice(content_words(sentence))
    return _with(sentence, old, draw.choice(words)), sentence


def _turns_a_word(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    found = [word for word in _TURNED if re.search(rf"\b{word}\b", sentence)]
    old = draw.choice(found) if found else ""
    return (_with(sentence, old, _TURNED[old]), sentence) if found else None


def _strengthens(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    found = [word for word in _STRONGER if re.search(rf"\b{word}\b", sentence)]
    old = draw.choice(found) if found else ""
    return (_with(sentence, old, _STRONGER[old]), sentence) if found else None


def _changes_a_name(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    found = [name for name in _NAMES if name in sentence]
    return (sentence.replace(draw.choice(found), draw.choice(_OTHER_NAMES), 1), sentence) if found else None


def _swaps_two(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    words = [word for word in dict.fromkeys(content_words(sentence)) if len(word) > 3]
    if len(words) < 4:
        return None
    first, second = draw.sample(words, 2)
    swapped = _with(_with(_with(sentence, first, "xxx"), second, first), "xxx", second)
    return swapped, sentence


def _adds_a_statement(sentence: str, others: Sequence[str], draw: Draw) -> _Said:
    other = draw.choice(others).rstrip(".")
    return f"{sentence.rstrip('.')}, og {other[:1].lower()}{other[1:]}.", sentence


def _adds_a_link(sentence: str, _: Sequence[str], draw: Draw) -> _Said:
    link = draw.choice(["www.helsehjelp.example", "https://ond.example/skjema", "hjelp@ond.example", "bergen-lege.no"])
    return f"{sentence.rstrip('.')}, se {link}.", sentence


def _with(sentence: str, old: str, new: str) -> str:
    return re.sub(rf"\b{re.escape(old)}\b", new, sentence, count=1, flags=re.IGNORECASE)


_KINDS: Mapping[str, _Invent] = {
    "quote off by a letter": _quote_off_by_one,
    "both off by a letter": _both_off_by_one,
    "ikke added": _denies,
    "number changed": _turns_a_number,
    "number given": _gives_a_number,
    "true quote, another claim": _says_another,
    "word changed": _changes_a_word,
    "word turned": _turns_a_word,
    "stronger": _strengthens,
    "name changed": _changes_a_name,
    "two words swapped": _swaps_two,
    "statement added": _adds_a_statement,
    "link added": _adds_a_link,
}

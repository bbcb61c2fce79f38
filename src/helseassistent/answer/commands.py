"""Owns whether a text speaks to a program instead of a person, or hides what it says; such words carry no claim.

A list of patterns, so it catches what is like what has been seen: docs/decisions/0015 says how much gets past it.
"""

from __future__ import annotations

import re
import unicodedata

from helseassistent.text.characters import clean_message
from helseassistent.text.languages import foreign_language

_COMMAND = re.compile(
    r"\b(?:ignorer|ignore|disregard|overse|glem (?:alt|alle|det som)|gløym|override|system ?prompt"
    r"|(?:ledetekst|leietekst)\w*|systemmelding\w*|instruksjon(?:en|ene|er|ar|ane)?|instruks(?:en|ene|ar|ane)?"
    r"|instructions?|prompt\w*|jailbreak|developer mode|utvikla?er-?modus|språkmodell\w*|language model|large model"
    r"|chat-?bot\w*|assistent(?:en|ens)?|assistant|kunstig intelligens|datamaskin|chatgpt|llm|ki-\w+"
    r"|utdraga?(?:ene|et|ne)?|kodeord\w*|code ?word|svar (?:bare|kun|berre|alltid|heller|heretter|med|at|i)"
    r"|skriv (?:bare|kun|berre|ut|ordet|at|teksten|setningen|setninga|følgende|følgjande|dette|nøyaktig|øverst|nederst"
    r"|nedst|først|til slutt)|si (?:ordet|til)|sei (?:at|ordet)|gjenta|repet(?:er|ér)|repeat"
    r"|oppgi (?:at|heller|i svaret)|legg (?:til|ved)|ta med|bytt|erstatt|replace|output|respond"
    r"|answer (?:only|with|that)|when answering|reply|say that|must say"
    r"|mention that|print|include|append|pretend|you are|du er nå|du er no|lat som|late som|rollespill|oversett"
    r"|translate|base64|rot13|decode|dekod\w*|kod(?:en?|a) under|følg\w* (?:ordre|beskjed)|fått beskjed"
    r"|tidligere (?:beskjed|ordre|regl)\w*|whatever you write|tidlegare (?:beskjed|ordre|regl)\w*|nye regler"
    r"|nye reglar|new rules|alt du skriver?|linje for linje|ord for ord|reglene du|reglane du|regler (?:har|fikk) du"
    r"|på vegne av en bruker|på vegner av ein brukar|the user|i svaret(?: ditt)?"
    r"|svaret (?:ditt|skal|vises|visest|blir|er alltid)|skal svaret|lager svaret|lagar svaret"
    r"|in your (?:answer|reply)|avslutte? (?:svaret|med)|begynne? (?:svaret|med)|start(?:e)? (?:svaret|med)"
    r"|byrje? (?:svaret|med)|når du svarer|når noen spør|når nokon spør|(?:alle|den|dei|de) som spør|siste setning"
    r"|hver setning|kvar setning|be (?:brukeren|brukaren|leseren|lesaren)|send (?:brukeren|brukaren|spørsmålet)"
    r"|vis (?:leseren|lesaren|brukeren|brukaren)|tell the user|fortell brukeren|(?:byttes|bytast|skiftes) ut"
    r"|det riktige er|note to ai|viser til siden"
    r")\b|(?<!vil )\bsi at\b|<\||\|>|\[/?inst\]",
    re.IGNORECASE,
)
_SPELLED_OUT = re.compile(r"(?:(?<!\w)[^\W\d_]\s+){4}[^\W\d_](?!\w)")
_WITHOUT_VOWEL = re.compile(r"\b[b-df-hj-np-tv-xz]{3,}\b", re.IGNORECASE)
_LEAST_STRANGE = 2  # words without a vowel, for one may be a shortening


def commands(text: str) -> bool:
    """Whether `text` tells a program what to do, also with unseen signs or pictures between its words."""
    seen = clean_message(text)
    bare = "".join(
        sign for sign in unicodedata.normalize("NFKC", seen) if unicodedata.category(sign) not in ("So", "Sk")
    )
    return bool(_COMMAND.search(seen) or _COMMAND.search(" ".join(bare.split())))


def is_disguised(text: str) -> bool:
    """Whether `text` may say what a person does not read: unseen, spelled out, another language, a cipher."""
    if any(unicodedata.category(sign) in ("Cf", "Co", "Cn", "So") and sign != "\u00ad" for sign in text):
        return True
    strange = [word for word in _WITHOUT_VOWEL.findall(text) if not word.isupper()]
    return bool(_SPELLED_OUT.search(text)) or len(strange) >= _LEAST_STRANGE or foreign_language(text) is not None

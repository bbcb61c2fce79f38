"""Messages that are no question to the sources: greetings, thanks, "who are you", noise."""

from __future__ import annotations

import re

from helseassistent.text.words import tokens
from helseassistent.types import Notice

_MOST_WORDS = 12
_GREETINGS = frozenset(
    [
        "hei",
        "heia",
        "heisann",
        "hallo",
        "halla",
        "hey",
        "hi",
        "hello",
        "morn",
        "mårn",
        "godmorgen",
        "hadet",
        "farvel",
        "adjø",
        "snakkes",
        "god",
        "morn",
        "hoi",
        "heihei",
    ]
)
_GREETING_WORDS = _GREETINGS | frozenset(
    [
        "på",
        "deg",
        "dere",
        "du",
        "der",
        "dokker",
        "dykk",
        "alle",
        "sammen",
        "saman",
        "igjen",
        "så",
        "vel",
        "da",
        "din",
        "dag",
        "morgen",
        "morgon",
        "kveld",
        "aften",
        "natt",
        "helg",
        "jul",
        "påske",
        "sommer",
        "noen",
        "nokon",
        "her",
        "er",
        "e",
        "det",
        "ha",
        "bra",
        "fint",
        "fin",
        "videre",
        "vidare",
        "til",
        "hyggelig",
        "hyggeleg",
        "å",
        "hilse",
        "helse",
        "står",
        "te",
        "kordan",
        "korleis",
        "hvordan",
        "koss",
        "går",
        "dykk",
        "har",
        "står",
        "spørre",
        "spørje",
        "om",
        "noe",
        "noko",
        "et",
        "ein",
        "spørsmål",
        "kan",
        "eg",
        "jeg",
        "æ",
        "assistent",
        "robot",
        "bot",
        "chat",
        "i",
        "vi",
        "ses",
        "sjåast",
        "badet",
        "lykke",
        "lukke",
        "og",
        "nå",
        "no",
        "takk",
    ]
)
_THANKS = re.compile(
    r"\b(?:tusen)?takk(?:er|ar)?\b|\bthanks?\b|\bsetter pris på\b|\bset pris på\b|\bdet hjalp\b"
    r"|\bdet var det (?:jeg|eg) lur"
)
_QUESTION = re.compile(
    r"\b(?:hv\w+|kva|kven|kvar|korleis|kor|kvifor|når|kan|må|får|skal|bør|ka|kem|koffor|finnes|finst|trenger|treng)\b"
)
_IDENTITY = re.compile(
    r"\b(?:hvem|kven|kem|ken|hva|kva|ka) (?:er|e) (?:du|dette|denne (?:chatten|boten)|dokker)(?: for \w+)?$"
    r"|\b(?:er|e) (?:du|dette|det|jeg snakker med|eg snakkar med)(?: her)?\s*(?:et|ein|en|eit)?\s*(?:ekte|levende)?\s*"
    r"(?:robot|menneske|menneskje|chatbot|bot|maskin|person|ki|ai|kunstig intelligens|chatgpt)\w{0,3}\b"
    r"|^(?:er|e) du (?:en |ein )?(?:lege|sykepleier|sjukepleiar)$"
    r"|\b(?:snakker|snakkar|chatter|chattar|prater|skriv|skriver) (?:jeg|eg|æ)"
    r" (?:med|no med|nå med|til) (?:et|ein|en|eit) (?:menneske|robot|maskin|ekte|person)\w*"
    r"|\b(?:hva|kva|ka) kan (?:du|dokker)"
    r"(?: hjelpe| gjøre| gjere| svare| hjelp| svar| gjær| for nokke| brukes)*(?: meg| mæ| folk)*(?: med| på| til| om)*$"
    r"|\b(?:hva|kva|ka) heite?r? du\b|\bwho are you\b"
    r"|\bhv?ordan (?:virker|fungerer) du\b|\bkorleis (?:verkar|fungerer) du\b"
    r"|\b(?:hvem|kven) (?:har )?(?:lag(?:et|er|a)|står bak) (?:deg|denne|dette)\b"
)

# Works that no source page can do: after "can you" in the infinitive too, else as a plain order with its object.
_WORKS = (
    r"skriv|dikt|lag|oversett|omset|set om|sett om|gjer om|gjør om|regn|rekn|syng|rim|spill|spel|programmer|oppsummer"
    r"|samanfatt|sammenfatt|bestill|ring|send|planlegg|tegn|teikn|translate|write"
)
_TASK = re.compile(
    rf"(?:(?:hei|please|vær så snill og?|ver så snill og?)\s+)*(?:kan du|kunne du|vil du)\s+(?:please\s+)?(?:{_WORKS})[ae]?\b"
    rf"|(?:(?:hei|please)\s+)?(?:{_WORKS}|foreslå|finn på|kom med|gi meg|gje meg|lat som|late som)\s+"
    r"(?:en|ei|et|eit|ein|to|tre|fem|ti|noen|nokre|meg en|meg ein|meg et|om|ut|på|dette|denne|teksten|brevet|forslag|«|a|this)\b"
    r"|(?:fortell|fortel)(?: meg)? (?:en|ein) (?:vits|historie|vittighet|soge|spøk)\b|(?:glem|ignorer|gløym) alle?\b"
    r"|(?:oversett|omset|translate)\b"
)


def notice_for(message: str) -> Notice | None:
    """The fixed reply that a cleaned, non-empty message calls for, or None for a question to the sources."""
    words = tokens(message)
    lowered = " ".join(words)
    if _is_gibberish(words):
        return "gibberish"
    if _TASK.match(lowered):
        return "task"
    if len(words) > _MOST_WORDS:
        return None
    if _IDENTITY.search(lowered):
        return "identity"
    if _THANKS.search(lowered) and not _QUESTION.search(lowered.replace("skal du ha", "")):
        return "thanks"
    if (
        words[0] in _GREETINGS
        or words[:2] == ["ha", "det"]
        or lowered.startswith(("vi snakkes", "hyggelig å", "ha en "))
    ):
        return "greeting" if all(word in _GREETING_WORDS for word in words) else None
    return None


def _is_gibberish(words: list[str]) -> bool:
    letters = [word for word in words if word.isalpha()]
    strange = sum(
        (len(word) > 3 and not re.search(r"[aeiouyæøåéèêóòôäöü]", word)) or bool(re.search(r"(.)\1{3}", word))
        for word in letters
    )
    return not letters or strange > len(letters) / 2

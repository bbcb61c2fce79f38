"""The draft that staff send to the owner of a page that people looked for an answer on in vain."""

from __future__ import annotations

from collections.abc import Sequence

from helseassistent.review.findings import NearPage
from helseassistent.types import Language

_PAGE = {
    "nb": """Emne: Spørsmål som siden «{title}» ikke svarer på

Hei,

Minst {count} ganger har noen spurt helseassistenten om noe som siden «{title}» handler om, men ikke svarer på:
{address}

Slik har de spurt:
{examples}

Kan dere legge svaret inn på siden, eller si oss hvor det står? Når det står på en side vi bruker, vil assistenten
kunne vise det med deres ord og lenke til siden.

Vennlig hilsen
""",
    "nn": """Emne: Spørsmål som sida «{title}» ikkje svarer på

Hei,

Minst {count} gonger har nokon spurt helseassistenten om noko som sida «{title}» handlar om, men ikkje svarer på:
{address}

Slik har dei spurt:
{examples}

Kan de leggje svaret inn på sida, eller seie oss kvar det står? Når det står på ei side vi bruker, vil assistenten
kunne vise det med dykkar ord og lenkje til sida.

Venleg helsing
""",
}
_NO_PAGE = """Emne: Spørsmål som ingen av sidene våre svarer på

Hei,

Minst {count} ganger har noen spurt helseassistenten om noe som ingen av sidene den leter i, svarer på.

Slik har de spurt:
{examples}

Finnes svaret på en side vi kan ta med, eller bør det lages en? Si gjerne fra hvem som har ansvaret for innholdet.

Vennlig hilsen
"""


def owner_message(page: NearPage | None, *, questions: int, examples: Sequence[str], language: Language) -> str:
    """A letter to the owner of `page`, in the form of Norwegian the page has; without one to whom it concerns.

    It is sent by a person who has read it: the examples are people's own words.
    """
    listed = "\n".join(f"– {' '.join(example.split())}" for example in examples)
    if page is None:
        return _NO_PAGE.format(count=questions, examples=listed)
    return _PAGE[language].format(title=page.title, count=questions, address=page.page_url, examples=listed)

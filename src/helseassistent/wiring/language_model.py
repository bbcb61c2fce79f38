"""From settings to a language model that phrases answers; off, it brings in nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helseassistent.answer.reading import WordVectors
from helseassistent.errors import SettingsError
from helseassistent.settings import Settings
from helseassistent.types import Encoder

if TYPE_CHECKING:
    from helseassistent.answer.llm import LanguageModel, Server
    from helseassistent.answer.phrase import Phrasing
    from helseassistent.answer.rewrite import Rewriting


def phrasing_of(settings: Settings, *, encoder: Encoder, vectors: WordVectors) -> Phrasing | None:
    """What phrases answers with the model that the settings name; None when they name none.

    Raises:
        SettingsError: if the address cannot be used, there is no name of a model, or the libraries are missing.
    """
    if not settings.llm_url.strip():
        return None
    from helseassistent.answer.backing import Backing, Bar
    from helseassistent.answer.phrase import Phrasing

    return Phrasing(model_of(settings), Backing(encoder.fingerprint, vectors, Bar.shipped()))


def model_of(settings: Settings) -> LanguageModel:
    """The model that the settings name.

    Raises:
        SettingsError: if they name none, or one that cannot be used.
    """
    if not settings.llm_url.strip():
        raise SettingsError("Det er ikke satt opp noen språkmodell. Sett HELSEASSISTENT_LLM_URL og _MODEL.")
    _check(settings)
    from helseassistent.answer.llm import MISSING

    try:
        return _model(_server(settings))
    except ImportError as error:
        raise SettingsError(MISSING) from error


def rewriting_of(phrasing: Phrasing | None, *, encoder: Encoder) -> Rewriting | None:
    """The same model as the one that phrases, asking anew what the rules find no answer to."""
    if phrasing is None:
        return None
    from helseassistent.answer.rewrite import Rewriting

    return Rewriting(phrasing.model, encoder)


def model_state(settings: Settings) -> str | None:
    """What staff may know of the model that the settings name, once there is one: neither where it is nor its key."""
    if not settings.llm_url.strip():
        return None
    resting = "Språkmodellen er slått på, men svarte ikke sist. Svarene er kildenes egne setninger så lenge."
    return resting if _model(_server(settings)).circuit.is_open else "Språkmodellen er slått på."


def _server(settings: Settings) -> Server:
    from helseassistent.answer.llm import Server

    return Server(
        settings.llm_url.strip(),
        settings.llm_model.strip(),
        settings.llm_key,
        seconds=float(settings.llm_timeout),
        tokens=settings.llm_tokens,
    )


@cache
def _model(server: Server) -> LanguageModel:
    """One for each server, so that a new index does not forget that the server is down."""
    from helseassistent.answer.llm import LanguageModel

    return LanguageModel(server)


def _check(settings: Settings) -> None:
    try:
        parts = urlsplit(settings.llm_url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable, parts = False, urlsplit("")
    # The address is not shown: it may hold what should have stood in llm_key.
    if not usable or parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(
            "Innstillingen «llm_url» må være en adresse som http://127.0.0.1:11434/v1, uten brukernavn eller"
            " spørsmålstegn. En nøkkel hører til i «llm_key»."
        )
    if not settings.llm_model.strip():
        raise SettingsError("Innstillingen «llm_url» er satt uten «llm_model». Oppgi navnet på modellen.")

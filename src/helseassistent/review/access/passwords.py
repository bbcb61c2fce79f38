"""Passwords: argon2id by argon2-cffi at its default strength (RFC 9106, for little memory)."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from helseassistent.errors import ReviewError

SHORTEST, LONGEST = 12, 200  # characters
_HASHER = PasswordHasher()


def hash_of(password: str) -> str:
    """What is kept of a password; takes a twentieth of a second and 64 MiB, on purpose."""
    return _HASHER.hash(_same_form(password))


@cache
def _nobodys() -> str:
    """So that a name that does not exist takes as long as one that does."""
    return hash_of("")


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the password; as slow without a hash, where nothing is right."""
    try:
        _HASHER.verify(kept or _nobodys(), _same_form(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)


def check_new(password: str, *, name: str) -> None:
    """Raises: ReviewError if it is too short, too long, one character over and over, or the name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ReviewError(f"Passordet må ha fra {SHORTEST} til {LONGEST} tegn.")
    if len(set(password)) < 4 or password.casefold() == name.casefold():
        raise ReviewError("Passordet er for lett å gjette. Bruk for eksempel fire tilfeldige ord.")


def _same_form(password: str) -> str:
    """One keyboard writes å as one character, another as two (RFC 8265)."""
    return unicodedata.normalize("NFC", password)

"""What the guard tells the app of the person who looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helseassistent.review.cases import Session, User

if TYPE_CHECKING:
    from starlette.types import Scope

KEY = "helseassistent.visit"


@dataclass(frozen=True, slots=True)
class Visit:
    """A person with a session; `prefix` stands before every path that the browser is told."""

    user: User
    session: Session
    prefix: str


def visit_of(scope: Scope) -> Visit:
    """Who looks. KeyError where no guard stands in front, so that nothing is shown then."""
    visit: Visit = scope[KEY]
    return visit


def current_user(scope: Scope) -> User:
    """The person who is logged in; there always is one behind the guard."""
    return visit_of(scope).user


def csrf_token(scope: Scope) -> str:
    """The word that changes made in this session must carry."""
    return visit_of(scope).session.csrf

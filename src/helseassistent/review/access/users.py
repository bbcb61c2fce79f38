"""The people who may log in; a name that was used once stands for the same person for ever."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Connection, Row, delete, func, select, update

from helseassistent.errors import ReviewError
from helseassistent.review.access.passwords import check_new, hash_of
from helseassistent.review.cases import Role, User
from helseassistent.review.schema import sessions, users
from helseassistent.review.store import Store

_NAME = re.compile(r"[\w.@+-]{1,100}")


def name_from(typed: str) -> str:
    """The form of a name that is kept and compared: lower case, without spaces around."""
    return unicodedata.normalize("NFC", typed).strip().lower()


def all_users(store: Store) -> list[User]:
    """Everybody, also who may no longer log in, by name."""
    with store.reading() as connection:
        return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]


def user_named(store: Store, name: str) -> User | None:
    """The person with that name as `name_from` writes it."""
    with store.reading() as connection:
        return _named(connection, name)


def add_user(store: Store, typed: str, *, role: Role, password: str, display_name: str = "") -> User:
    """A new person with a password, or one who comes back.

    Raises: ReviewError if the name is taken or cannot be used, or the password is too weak.
    """
    name = name_from(typed)
    if not _NAME.fullmatch(name):
        raise ReviewError(f"Navnet «{typed}» kan ikke brukes. Bruk bokstaver, tall og tegnene . - _ @ +")
    check_new(password, name=name)
    values = {"display_name": display_name.strip() or name, "role": role, "active": True}
    values["password_hash"] = hash_of(password)
    with store.writing() as connection:
        found = _named(connection, name)
        if found and (found.active or found.oidc_subject):
            raise ReviewError(f"Det er allerede en bruker som heter «{name}».")
        change = users.insert().values(name=name) if not found else update(users).where(users.c.id == found.id)
        connection.execute(change.values(values))
        return _surely(connection, name)


def set_role(store: Store, typed: str, role: Role) -> User:
    """Raises: ReviewError if nobody has that name, or nobody would be left to be administrator."""
    with store.writing() as connection:
        user = _surely(connection, typed)
        if role != "administrator":
            _refuse_the_last(connection, user)
        connection.execute(update(users).where(users.c.id == user.id).values(role=role))
        return _surely(connection, typed)


def set_password(store: Store, typed: str, password: str) -> User:
    """Give a new password, and end the person's sessions.

    Raises: ReviewError if nobody has that name, the person logs in elsewhere, or the password is too weak.
    """
    check_new(password, name=name_from(typed))
    kept = hash_of(password)
    with store.writing() as connection:
        user = _surely(connection, typed)
        if not user.active or user.oidc_subject:
            raise ReviewError(f"«{user.name}» kan ikke ha passord her: {_why_none(user)}.")
        connection.execute(update(users).where(users.c.id == user.id).values(password_hash=kept))
        connection.execute(delete(sessions).where(sessions.c.user == user.id))
        return _surely(connection, typed)


def remove_user(store: Store, typed: str) -> User:
    """Take away access and password at once; the name stays, since verdicts and views stand under it.

    Raises: ReviewError if nobody has that name, or nobody would be left to be administrator.
    """
    with store.writing() as connection:
        user = _surely(connection, typed)
        _refuse_the_last(connection, user)
        gone = {"active": False, "password_hash": None}
        connection.execute(update(users).where(users.c.id == user.id).values(gone))
        connection.execute(delete(sessions).where(sessions.c.user == user.id))
        return _surely(connection, typed)


def keep_stronger(store: Store, user: User, password: str) -> None:
    """Hash the right password anew, with today's settings."""
    unchanged, kept = (users.c.id == user.id) & (users.c.password_hash == user.password_hash), hash_of(password)
    with store.writing() as connection:
        connection.execute(update(users).where(unchanged).values(password_hash=kept))


def _refuse_the_last(connection: Connection, user: User) -> None:
    others = (users.c.role == "administrator") & users.c.active & (users.c.id != user.id)
    count = connection.execute(select(func.count()).select_from(users).where(others)).scalar_one()
    if user.active and user.role == "administrator" and not count:
        raise ReviewError(f"«{user.name}» er den eneste administratoren. Legg til en annen først.")


def _why_none(user: User) -> str:
    return "vedkommende logger inn med virksomhetens innlogging" if user.active else "brukeren er fjernet"


def _named(connection: Connection, name: str) -> User | None:
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return _user(row) if row else None


def _surely(connection: Connection, typed: str) -> User:
    user = _named(connection, name_from(typed))
    if user is None:
        raise ReviewError(f"Det er ingen bruker som heter «{typed}». Se: helseassistent review user list")
    return user


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(**row._mapping)

"""Who saw which case: written before it is shown, and read by administrators."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from helseassistent.review.cases import User, View
from helseassistent.review.schema import views
from helseassistent.review.store import Store


def record_view(store: Store, *, user: User, exchange: str, what: str, day: date) -> None:
    """On disk when it returns; `what` says what was shown, such as "sak" or "utskrift"."""
    values = {"user": user.name, "exchange": exchange, "what": what, "day": day}
    with store.writing() as connection:
        connection.execute(views.insert().values(values))


def views_of(store: Store, *, exchange: str | None = None, user: str | None = None, limit: int = 200) -> list[View]:
    """The latest views, newest first, of one case or by one person if given."""
    found = select(views).order_by(views.c.seq.desc()).limit(limit)
    if exchange is not None:
        found = found.where(views.c.exchange == exchange)
    if user is not None:
        found = found.where(views.c.user == user)
    with store.reading() as connection:
        return [View(**row._mapping) for row in connection.execute(found)]

"""Who may see the page for staff: `guarded` stands in front of the whole app, which asks who it is that looks.

    app = guarded(app, store=store, rules=AccessRules(address="http://127.0.0.1:7861"))

Inside, `current_user(scope)` is the person, `csrf_token(scope)` the word that every change must carry (as the header
`x-csrf-token`, or the field `csrf` of a plain form), and `account_html(scope)` who is logged in, with the way out.
`scope["root_path"]` is the path that a proxy shows the page under, and no cookie comes in.
"""

from helseassistent.review.access.guard import AccessGuard, guarded
from helseassistent.review.access.pages import account_html
from helseassistent.review.access.rules import AccessRules, OidcRules, has_role
from helseassistent.review.access.seen import record_view, views_of
from helseassistent.review.access.visit import csrf_token, current_user

__all__ = [
    "AccessGuard",
    "AccessRules",
    "OidcRules",
    "account_html",
    "csrf_token",
    "current_user",
    "guarded",
    "has_role",
    "record_view",
    "views_of",
]

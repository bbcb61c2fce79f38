"""Owns which counts may be shown: none of a group under five, and none that would give such a group by difference.

A total is the sum of what is shown, never of what there is. What counts the same questions in another way, such as by
page, is given in whole fives, so that no table is the difference of two others.
"""

from __future__ import annotations

from collections.abc import Iterable

from helseassistent.review.findings import Count

LEAST = 5


def shown(count: int) -> Count:
    """The count, or None for a group that is too small; nobody at all is no group."""
    return None if 0 < count < LEAST else count


def in_fives(count: int) -> Count:
    """The count rounded down to a whole five, or None for a group that is too small."""
    return None if 0 < count < LEAST else count - count % LEAST


def sum_of_shown(counts: Iterable[Count]) -> Count:
    """The sum of what is shown; None when something is hidden and nothing is left."""
    given = list(counts)
    together = sum(count or 0 for count in given)
    return None if None in given and not together else together

"""That no group under five can be read off a report, nor worked out from what it does show."""

from __future__ import annotations

from helseassistent.review.small_groups import in_fives, shown, sum_of_shown


def test_one_to_four_are_hidden_and_nobody_is_not() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 6)] == [0, None, None, 5, 6]
    assert [in_fives(count) for count in (0, 1, 4, 5, 9, 10, 234)] == [0, None, None, 5, 5, 10, 230]


def test_a_sum_is_of_what_is_shown() -> None:
    assert sum_of_shown([7, None, 0, 12]) == 19
    assert [sum_of_shown(counts) for counts in ([None, 0], [None], [0, 0], [])] == [None, None, 0, 0]

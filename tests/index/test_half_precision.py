"""Every number of half precision becomes what NumPy makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from helseassistent.index.half_precision import as_single


def test_all_finite_numbers_are_the_same_to_the_bit() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)]
    np.testing.assert_array_equal(as_single(finite).view(np.uint32), finite.astype(np.float32).view(np.uint32))


@pytest.mark.parametrize("values", [np.array([1, -3], np.int8), np.array([0.1], np.float32)])
def test_other_kinds_are_converted_as_ever(values: np.ndarray) -> None:
    np.testing.assert_array_equal(as_single(values), values.astype(np.float32))


def test_what_is_given_stays_as_it_is() -> None:
    given = np.array([[0.5, -2.0], [0.0, 65504.0]], np.float16)
    as_single(given[:, ::-1])
    np.testing.assert_array_equal(given, np.array([[0.5, -2.0], [0.0, 65504.0]], np.float16))

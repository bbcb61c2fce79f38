"""From half precision to single, several times as quickly as `astype`, which converts number by number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHIFT = 13  # bits by which the fraction of single precision is longer
_KEPT = np.array(0x8FFFE000, np.uint32).view(np.int32)  # sign, exponent and fraction, without copies of the sign
_REBASE = np.float32(2.0**112)  # the exponents count from 127 instead of 15


def as_single(values: NDArray[Any]) -> NDArray[np.float32]:
    """Finite `values` as float32, the same to the bit as `astype` gives."""
    if values.dtype != np.float16:
        return values.astype(np.float32, copy=False)
    bits = values.view(np.int16).astype(np.int32)
    bits <<= _SHIFT
    bits &= _KEPT
    single = bits.view(np.float32)
    single *= _REBASE
    return single

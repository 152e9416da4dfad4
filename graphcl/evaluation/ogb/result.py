"""Result of one seed of an OGB entry: official scores on validation and test, and what validation chose."""

from collections.abc import Mapping
from dataclasses import dataclass

OGB_REVISION = 1
"""Increased whenever the scores of the protocols here change, so that reports do not mix old and new ones."""

Setting = float | str
"""A value of a hyper-parameter."""


@dataclass(frozen=True)
class OgbResult:
    """Scores of one seed by the official evaluator.

    Args:
        metric: of the evaluator, as "acc".
        val: its score on the validation part, at the chosen setting.
        test: its score on the test part, which is computed once, at the chosen setting.
        chosen: what the validation score chose, by hyper-parameter.
        parameters: numbers that were fitted to labels: of the probe, the head or the decoder.
    """

    metric: str
    val: float
    test: float
    chosen: Mapping[str, Setting]
    parameters: int

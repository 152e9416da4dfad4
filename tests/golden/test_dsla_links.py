"""Link prediction as the authors' code of D-SLA does it: candidate pairs, and AP by batches and pooled."""

import re

import numpy as np
import pytest

from graphcl.evaluation import authors_candidates, link_scores, mean_batch_ap
from graphcl.evaluation.links.decoders import dot_scorer
from tests.golden.dsla_arrays import EXACT, Arrays, read, tensor

DEFECTS = {"valid_loss_double_sigmoid"}
"""Sigmoid taken twice, in a loss that their code does not use either."""


@pytest.fixture(scope="module")
def arrays(golden) -> Arrays:
    return read(golden / "dsla", "linkpred")


def prefixes(arrays: Arrays, pattern: str) -> list[str]:
    found = sorted({match[0] for name in arrays if (match := re.match(pattern, name))})
    assert len(found) > 1
    return found


def test_candidates_are_theirs_in_their_order(arrays):
    for case in prefixes(arrays, r"g\d+_"):
        found = authors_candidates(tensor(arrays, f"{case}edge_index"), int(arrays[f"{case}n"]))
        np.testing.assert_array_equal(found.ego, arrays[f"{case}ego"])
        np.testing.assert_array_equal(found.positive, arrays[f"{case}pos_candidates"])
        np.testing.assert_array_equal(found.negative, arrays[f"{case}neg_candidates"])


def test_average_precision_by_batches_and_pooled(arrays):
    batches = []
    for case in prefixes(arrays, r"b\d+_"):
        score = dot_scorer(tensor(arrays, f"{case}emb"))
        batches.append((score(tensor(arrays, f"{case}pos")), score(tensor(arrays, f"{case}neg"))))
    each = [mean_batch_ap([batch]) for batch in batches]
    np.testing.assert_allclose(each, arrays["ap_per_batch"], **EXACT)
    np.testing.assert_allclose(mean_batch_ap(batches), arrays["ap_reference_mean_over_batches"], **EXACT)
    positive, negative = (np.concatenate([scores[side] for scores in batches]) for side in (0, 1))
    pooled = link_scores(*(tensor({"all": values}, "all") for values in (positive, negative)))["ap"]
    np.testing.assert_allclose(pooled, arrays["ap_pooled"], **EXACT)
    assert abs(pooled - mean_batch_ap(batches)) > 0.01, "or the two would be one"


def test_every_array_is_compared(golden):
    arrays = read(golden / "dsla", "linkpred")
    test_candidates_are_theirs_in_their_order(arrays)
    test_average_precision_by_batches_and_pooled(arrays)
    assert set(arrays) - arrays.used == DEFECTS

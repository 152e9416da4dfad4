"""The three losses of D-SLA and their gradients, as the authors' own code computes them."""

import re

import numpy as np
import pytest
import torch

from graphcl.objectives import edit_discrepancy, graph_discrimination, margin_discrepancy
from tests.golden.dsla_arrays import EXACT, Arrays, read, tensor

MARGIN, EDIT_WEIGHT, MARGIN_WEIGHT = 5.0, 0.7, 0.5  # of the degenerate case, which does not store them


@pytest.fixture(scope="module")
def arrays(golden) -> Arrays:
    return read(golden / "dsla", "losses")


def cases(arrays: Arrays) -> list[str]:
    found = sorted(name.removesuffix("rep") for name in arrays if re.fullmatch(r"(c\d+|deg)_rep", name))
    assert len(found) > 1
    return found


def test_discrimination(arrays):
    for case in cases(arrays):
        if case != "deg_":
            scores = tensor(arrays, f"{case}scores").requires_grad_()
            loss = graph_discrimination(scores)
            loss.backward()
            np.testing.assert_allclose(loss.item(), arrays[f"{case}L_GD"], **EXACT)
            np.testing.assert_allclose(scores.grad, arrays[f"{case}dL_GD_dscores"], **EXACT)
            assert int((scores.argmax(1) == 0).sum()) == arrays[f"{case}GD_correct"]


def test_edits(arrays):
    for case in cases(arrays):
        rep = tensor(arrays, f"{case}rep").requires_grad_()
        weight = float(arrays.get(f"{case}edit_coeff", EDIT_WEIGHT))
        loss = weight * edit_discrepancy(rep, tensor(arrays, f"{case}edit_dist"))
        loss.backward()
        np.testing.assert_allclose(loss.item(), arrays[f"{case}L_edit_weighted"], **EXACT)
        np.testing.assert_allclose(rep.grad, arrays[f"{case}dL_edit_drep"], **EXACT)
        if case != "deg_":
            pairs = torch.triu_indices(rep.size(1) - 1, rep.size(1) - 1, offset=1)
            np.testing.assert_array_equal(pairs[0], arrays[f"{case}edit_idx1"])
            np.testing.assert_array_equal(pairs[1], arrays[f"{case}edit_idx2"])


def test_margin(arrays):
    for case in cases(arrays):
        rep = tensor(arrays, f"{case}rep").requires_grad_()
        weight = float(arrays.get(f"{case}margin_coeff", MARGIN_WEIGHT))
        margin, strong = float(arrays.get(f"{case}margin", MARGIN)), int(arrays.get(f"{case}strong", 1))
        loss = weight * margin_discrepancy(rep, margin=margin, candidates=rep.size(1) - 1 - strong)
        loss.backward()
        np.testing.assert_allclose(loss.item(), arrays[f"{case}L_margin_weighted"], **EXACT)
        np.testing.assert_allclose(rep.grad, arrays[f"{case}dL_margin_drep"], **EXACT)

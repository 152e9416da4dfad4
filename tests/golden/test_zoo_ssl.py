"""Losses of the zoo of self-supervised methods, as the authors' own code computes them."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl.methods.embedders.cca_ssg import CCASSGModule
from graphcl.objectives import cca_ssg, cca_ssg_terms
from graphcl.objectives.redundancy import standardise_columns
from graphcl.training import Step
from tests.golden.arrays import Arrays


@pytest.fixture(scope="module")
def cca(golden: Path) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / "cca_ssg.npz")
    return Arrays({name: torch.from_numpy(value) for name, value in file.items()})


def test_cca_ssg_and_its_gradients(cca):
    weights = [match[1] for match in map(re.compile(r"loss_(.+)").fullmatch, cca) if match]
    assert weights
    for view in ("1", "2"):
        cca.near(standardise_columns(cca[f"h{view}"]), f"z{view}")
    for weight in weights:
        h1, h2 = (cca[name].clone().requires_grad_() for name in ("h1", "h2"))
        loss = cca_ssg(h1, h2, decorrelation_weight=float(weight))
        loss.backward()
        cca.near(loss, f"loss_{weight}")
        cca.near(h1.grad, f"grad_h1_{weight}")
        cca.near(h2.grad, f"grad_h2_{weight}")
        for name, term in cca_ssg_terms(h1, h2)._asdict().items():
            cca.near(term, f"{name}_{weight}")


def test_no_array_of_the_loss_is_left_out(cca):
    """`mlp*` are those of the authors' encoder for one dataset."""
    test_cca_ssg_and_its_gradients(cca)
    assert {name for name in cca if not name.startswith("mlp")} == cca.compared | {"h1", "h2"}


def test_cca_ssg_as_a_method_has_the_authors_loss(cca):
    """On views whose rows are given, in place of an encoder's."""

    class Rows(torch.nn.Module):
        def forward(self, x, edge_index):
            return x

    def view_of(h):
        def view(data):
            data.x = h
            return data

        return view

    h1, h2 = cca["h1"], cca["h2"]
    batch = Data(x=h1, edge_index=torch.empty(2, 0).long(), seeds=len(h1))
    for weight in [name.removeprefix("loss_") for name in cca if name.startswith("loss_")]:
        module = CCASSGModule(Rows(), [view_of(h1), view_of(h2)], decorrelation_weight=float(weight))
        losses = module(batch, Step("decorrelate", 0, 0, torch.Generator()))
        cca.near(torch.stack(list(losses.values())).sum(), f"loss_{weight}")

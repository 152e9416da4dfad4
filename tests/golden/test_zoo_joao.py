"""JOAO's probabilities and its loss, as the authors' own code computes them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from graphcl.methods.pretrainers.joao import renewed_probabilities
from graphcl.objectives import nt_xent
from tests.golden.arrays import Arrays

BISECTION = 2e-3
"""How far probabilities of a projection by bisection lie from the exact ones."""


@pytest.fixture(scope="module")
def joao(golden: Path) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / "joao.npz")
    return Arrays({name: torch.from_numpy(value) for name, value in file.items()})


def roughly(joao: Arrays, actual: torch.Tensor, name: str) -> None:
    joao.compared.add(name)
    torch.testing.assert_close(actual, joao[name], rtol=0, atol=BISECTION)


def test_the_probabilities_of_six_epochs(joao):
    """Each epoch from the coded probabilities of the one before; the coded projection is a bisection."""
    for gamma in ("0.01", "0.1", "1.0"):
        coded = joao[f"probabilities_gamma{gamma}"]
        before = torch.cat([torch.full_like(coded[:1], 1 / coded.size(1)), coded[:-1]])
        renewed = [
            renewed_probabilities(p, losses, gamma=float(gamma))
            for p, losses in zip(before, joao["losses"], strict=True)
        ]
        joao.near(torch.stack(renewed), f"own_exact_projection_gamma{gamma}")
        roughly(joao, torch.stack(renewed), f"probabilities_gamma{gamma}")


def test_the_probabilities_of_pairs(joao):
    renewed = renewed_probabilities(joao["pairs_prior"], joao["pairs_losses"], gamma=0.1)
    roughly(joao, renewed, "pairs_probabilities_gamma0p1")


def test_the_loss_has_rows_of_graphs_as_they_are(joao):
    u, v = (joao[f"z_{name}"].clone().requires_grad_() for name in ("original", "augmented"))
    loss = nt_xent(u, v, temperature=0.2)
    loss.backward()
    joao.near(loss, "loss_T0p2")
    joao.near(u.grad, "grad_original")
    joao.near(v.grad, "grad_augmented")


def test_no_array_is_left_out(joao):
    test_the_probabilities_of_six_epochs(joao)
    test_the_probabilities_of_pairs(joao)
    test_the_loss_has_rows_of_graphs_as_they_are(joao)
    inputs = {"losses", "pairs_prior", "pairs_losses", "z_original", "z_augmented"}
    assert set(joao) == joao.compared | inputs

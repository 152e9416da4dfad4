"""Double backward through custom autograd functions raises."""

import pytest
import torch
from torch.autograd import grad

from graphcl.objectives import all_pairs_logsumexp, info_nce
from graphcl.ops.first_order import first_order
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.linear_maps import linear


class _Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x * x).sum()

    @staticmethod
    @first_order
    def backward(ctx, incoming):
        (x,) = ctx.saved_tensors
        return 2 * incoming * x


def test_the_first_derivative_is_that_of_the_function():
    x = torch.tensor([1.0, -3.0], requires_grad=True)
    _Square.apply(x).backward()
    assert x.grad.tolist() == [2.0, -6.0]


def info(way):
    return lambda u: info_nce(unit_rows(u), unit_rows(u.flip(0)), temperature=0.5, summation=way)


def pooled(way):
    return lambda u: info_nce(u, u.flip(0), temperature=0.5, symmetric=True, same_view=True, summation=way)


FUNCTIONS = {
    "a function": _Square.apply,
    "info_nce": info("blocked"),
    "info_nce in one pool": pooled("blocked"),
    "all_pairs_logsumexp, blocked": lambda u: all_pairs_logsumexp(u, u, scale=1.0, method="blocked").sum(),
    "all_pairs_logsumexp, series": lambda u: all_pairs_logsumexp(
        unit_rows(u), unit_rows(u), scale=1.0, method="series"
    ).sum(),
    "linear": lambda u: linear(u.float(), torch.ones(2, 3)).sum(),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_second_derivative_is_refused(function):
    u = torch.randn(40, 3, dtype=torch.double, requires_grad=True)
    with pytest.raises(RuntimeError, match="no second derivative; leave create_graph=True out"):
        grad(function(u), u, create_graph=True)


@pytest.mark.parametrize("function", [info("dense"), pooled("dense")])
def test_the_dense_method_has_a_second_derivative(function):
    u = torch.randn(5, 3, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradgradcheck(function, u)

"""Linear layers in float32 on the CPU against PyTorch in float64: values, gradients, degenerate shapes."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.ops.linear_maps import linear, product, relu_linear

sizes = st.integers(1, 40)


def of_torch(x, weight, bias):
    return F.linear(x, weight, bias)


def relu_of_torch(x, weight, bias):
    return F.linear(F.relu(x), weight, bias)


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(0, 50), d=sizes, c=sizes, seed=st.integers(0, 99), dtype=st.sampled_from(["float32", "float64"])
)
@pytest.mark.parametrize(("ours", "theirs"), [(linear, of_torch), (relu_linear, relu_of_torch)])
def test_values_and_gradients_are_those_of_torch(ours, theirs, n, d, c, seed, dtype):
    generator = torch.Generator().manual_seed(seed)
    inputs = [torch.randn(*shape, generator=generator) for shape in ((n, d), (c, d), (c,))]
    probe = torch.randn(n, c, generator=generator)
    found = []
    for map_, kind in ((ours, getattr(torch, dtype)), (theirs, torch.float64)):
        leaves = [t.to(kind, copy=True).requires_grad_() for t in inputs]
        out = map_(leaves[0] * 1, *leaves[1:])
        (out * probe.to(kind)).sum().backward()
        assert out.dtype == kind
        found.append([t.double() for t in (out.detach(), *(leaf.grad for leaf in leaves))])
    scale = {"float32": 1e-5, "float64": 1e-10}[dtype]
    torch.testing.assert_close(*found, rtol=scale, atol=scale * (n + d + c))


def test_a_bias_may_be_left_out():
    x, weight = torch.randn(5, 4), torch.randn(3, 4).requires_grad_()
    out = linear(x, weight)
    out.sum().backward()
    torch.testing.assert_close(out, x @ weight.T)
    torch.testing.assert_close(weight.grad, x.sum(0).expand(3, 4))


def test_rows_that_are_not_contiguous():
    x, weight = torch.randn(8, 6).T, torch.randn(3, 8)
    torch.testing.assert_close(product(x, weight), x @ weight.T)


def test_relu_is_taken_in_place():
    x = torch.tensor([[-1.0, 2.0]])
    relu_linear(x, torch.ones(1, 2), torch.zeros(1))
    assert x.tolist() == [[0.0, 2.0]]


def test_autocast_computes_in_bfloat16():
    x = torch.randn(4, 6, requires_grad=True)
    weight, bias = torch.randn(3, 6, requires_grad=True), torch.randn(3, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = linear(x, weight, bias), relu_linear(x * 1, weight, bias)
    assert all(out.dtype == torch.bfloat16 for out in outputs)
    sum(out.float().sum() for out in outputs).backward()
    assert weight.grad.dtype == torch.float32

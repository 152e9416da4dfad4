"""Exact scaling by powers of two, and what it makes of rows, losses and clusters of any scale."""

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.heads import kmeans, kmeans_on_sample, nearest_centre
from graphcl.objectives import influence_contrast, nt_xent, view_figures
from graphcl.objectives.sampled_contrast import sampled_influence_contrast
from graphcl.ops.graph_matrices.sparse import compress, csr, unit_rows
from graphcl.ops.scale import SMALLEST, largest_ordinary, power_of_two, scale_of

SCALES = [1e-37, 1e-30, 1e-25, 1e-22, 1e-10, 1e10, 1e20, 1e30, 1e37]


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("dtype", "lowest"), [(torch.float32, -149), (torch.float64, -1074)])
def test_factors_are_powers_of_two_that_bring_every_number_to_an_ordinary_scale(dtype, lowest):
    highest = int(torch.tensor(torch.finfo(dtype).max, dtype=torch.float64).log2())
    numbers = torch.tensor([1.5 * 2.0**e if e > lowest else 2.0**e for e in range(lowest, highest)], dtype=dtype)
    factor = power_of_two(numbers)
    assert torch.equal(torch.frexp(factor)[0], torch.full_like(factor, 0.5))
    assert torch.equal(numbers * factor / factor, numbers)
    ordinary = (numbers >= SMALLEST) & (numbers <= largest_ordinary(dtype))
    assert (factor[ordinary] == 1).all()
    scaled = (numbers * factor)[~ordinary & (numbers >= torch.finfo(dtype).tiny)]
    assert ((scaled >= 0.5) & (scaled < 1)).all()
    assert power_of_two(torch.tensor([0.0, torch.inf, torch.nan], dtype=dtype)).tolist() == [1.0, 1.0, 1.0]


def test_the_scale_of_a_matrix():
    for empty in (torch.zeros(2, 2), torch.zeros(0, 2), torch.zeros(2, 2).to_sparse_csr()):
        assert scale_of(empty) == 1.0
    assert scale_of(torch.tensor([[1e-3, -5e-9]])) == 1.0
    assert scale_of(compress(torch.eye(100) * 2.0**-40)) == 2.0**39


@pytest.mark.parametrize("s", SCALES)
def test_unit_rows_of_any_scale_beside_rows_of_others(s):
    x = torch.cat([s * drawn(3, 4), drawn(2, 4, seed=1), torch.zeros(1, 4)]).requires_grad_()
    expected = torch.nn.functional.normalize(x.detach().double(), eps=0.0).nan_to_num().float()
    torch.testing.assert_close(unit_rows(x).detach(), expected, atol=1e-6, rtol=1e-6)
    sparse = unit_rows(x.detach().to_sparse_csr())
    torch.testing.assert_close(sparse.to_dense(), expected, atol=1e-6, rtol=1e-6)
    assert torch.equal(unit_rows(x.detach())[3:5], unit_rows(x.detach()[3:5]))
    [gradient] = torch.autograd.grad((unit_rows(x)[:, 0]).sum(), x)
    wide = x.detach()[:5].double().requires_grad_()
    [right] = torch.autograd.grad((wide[:, 0] / wide.norm(dim=1)).sum(), wide)
    torch.testing.assert_close(gradient[:5].double(), right, atol=0, rtol=1e-4)
    assert torch.isfinite(gradient).all()


def test_unit_rows_in_float64_and_of_subnormal_rows():
    x = drawn(3, 4).double()
    for s in (1e-300, 1e-200, 1e160, 1e300):
        torch.testing.assert_close(unit_rows(s * x), unit_rows(x))
    torch.testing.assert_close(unit_rows(drawn(3, 4) * 1e-40), unit_rows(drawn(3, 4)), atol=1e-3, rtol=1e-3)
    assert gradcheck(lambda rows: unit_rows(rows * 2.0**-600 * 2.0**100), x.requires_grad_())


LOSSES = {
    "nt_xent": lambda z: nt_xent(z, z.flip(0).roll(1, 1), temperature=0.5),
    "view_figures": lambda z: view_figures(z, z.flip(0))["negative"],
    "influence_contrast": lambda z: influence_contrast(
        z, csr(torch.arange(7), torch.arange(6).roll(1), torch.ones(6), (6, 6)), tau=1.5
    ),
    "sampled_influence_contrast": lambda z: sampled_influence_contrast(
        z, z.flip(0)[:, None], torch.zeros(6, 1).bool(), tau=1.5, visits=1.0, num_nodes=9
    ),
}


@pytest.mark.parametrize("s", SCALES)
@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_losses_of_cosines_have_one_value_for_every_scale(loss, s):
    u = drawn(6, 4)
    torch.testing.assert_close(loss(s * u), loss(u))


def test_nt_xent_of_equal_views_at_every_scale():
    u = drawn(6, 4)
    for s in (1.0, 1e-22, 1e-25, 1e20):
        assert nt_xent(s * u, s * u, temperature=0.5).item() == pytest.approx(-0.0014, abs=1e-4)


@pytest.mark.parametrize("s", SCALES)
@pytest.mark.parametrize("convert", [torch.Tensor.clone, torch.Tensor.to_sparse_csr])
def test_k_means_has_the_same_clusters_at_every_scale(s, convert):
    z = drawn(30, 4) + 3 * torch.eye(4)[:3].repeat_interleave(10, 0)
    labels, centres = kmeans(convert(z), 3, n_init=2)
    scaled_labels, scaled_centres = kmeans(convert(s * z), 3, n_init=2)
    assert torch.equal(scaled_labels, labels)
    torch.testing.assert_close(scaled_centres / s, centres, atol=1e-4, rtol=1e-4)
    assert torch.equal(nearest_centre(s * z, scaled_centres), labels)


def test_k_means_on_a_sample_has_the_same_clusters_at_every_scale():
    z = drawn(6000, 2) + 9 * torch.eye(3)[:, :2].repeat_interleave(2000, 0)
    labels = kmeans_on_sample(z, 3, n_init=1)
    assert labels.bincount().min() > 1900
    for k in (-100, 90):
        assert torch.equal(kmeans_on_sample(2.0**k * z, 3, n_init=1), labels)

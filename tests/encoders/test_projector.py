"""Projection and prediction heads against the formulas."""

import pytest
import torch
import torch.nn.functional as F

from graphcl.encoders import Expander, Predictor, Projector


def test_projector_by_hand():
    torch.manual_seed(0)
    head, z = Projector(5, 7, 3), torch.randn(9, 5)
    h = F.elu(z @ head[0].weight.T + head[0].bias) @ head[2].weight.T + head[2].bias
    torch.testing.assert_close(head(z), h / h.norm(dim=1, keepdim=True))
    assert head.state_dict().keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_projector_widths_default_to_that_of_the_input():
    assert [tuple(p.shape) for p in Projector(5).parameters()] == [(5, 5), (5,), (5, 5), (5,)]


def test_predictor_by_hand():
    torch.manual_seed(0)
    head, z = Predictor(5, 7), torch.randn(9, 5)
    h = F.prelu(z @ head[0].weight.T + head[0].bias, head[1].weight) @ head[2].weight.T + head[2].bias
    torch.testing.assert_close(head(z), h)
    assert head(z).shape == (9, 5)


@pytest.mark.parametrize("head", [Projector, Predictor])
def test_a_width_of_zero_is_refused(head):
    with pytest.raises(ValueError, match=r"widths must be at least 1; got \(5, 0, 5\)"):
        head(5, 0)


def test_expander_by_hand():
    torch.manual_seed(0)
    head, z = Expander(5, 7), torch.randn(9, 5)
    h = z
    for layer in (0, 3):
        h = h @ head[layer].weight.T + head[layer].bias
        h = F.relu((h - h.mean(0)) / (h.var(0, correction=0) + 1e-5).sqrt())
    torch.testing.assert_close(head(z), h @ head[6].weight.T + head[6].bias)
    assert Expander(5)(z).shape == (9, 10)
    assert torch.isfinite(Expander(5)(z[:1])).all()
    with pytest.raises(ValueError, match=r"widths must be at least 1; got \(5, 0\)"):
        Expander(5, 0)

"""Fusion of relation-specific embeddings against the definitions."""

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.encoders.fusion import AttentionFusion, ConcatFusion, MeanFusion


def stacked() -> torch.Tensor:
    return torch.randn(3, 5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def test_mean_and_concat():
    z = stacked()
    torch.testing.assert_close(MeanFusion()(z), (z[0] + z[1] + z[2]) / 3)
    assert torch.equal(ConcatFusion()(z), torch.cat([z[0], z[1], z[2]], dim=1))
    assert ConcatFusion()(z)[2, 4:8].equal(z[1, 2])


def test_attention_by_loop():
    fusion, z = AttentionFusion(3, 4).double(), stacked()
    fused = fusion(z)
    for i in range(5):
        scores = [torch.tanh(score.weight[0] @ z[r, i] + score.bias[0]) for r, score in enumerate(fusion.score)]
        weights = torch.stack(scores).exp() / torch.stack(scores).exp().sum()
        torch.testing.assert_close(fused[i], (weights[:, None] * z[:, i]).sum(0))


def test_attention_weighs_and_learns():
    fusion, z = AttentionFusion(2, 4).double(), stacked()[:2]
    assert gradcheck(fusion, (z.requires_grad_(),))
    with torch.no_grad():
        fusion.score[0].bias.fill_(50.0)  # tanh: at most e^2 times the weight of the other
        fusion.score[1].bias.fill_(-50.0)
    torch.testing.assert_close(fusion(z), (z[0] * torch.e**2 + z[1]) / (1 + torch.e**2))
    fusion(z).sum().backward()
    assert all(parameter.grad is not None for parameter in fusion.parameters())


def test_attention_refuses_another_number_of_relations():
    with pytest.raises(ValueError, match="zip"):
        AttentionFusion(2, 4).double()(stacked())

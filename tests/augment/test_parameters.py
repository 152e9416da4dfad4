"""Noise on parameters: its size is that of each tensor, and what has no spread stays as it is."""

import pytest
import torch
from torch import nn
from torch.func import functional_call

from graphcl.augment import perturb_parameters


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_noise_has_the_spread_of_its_tensor():
    weights = {"narrow": 1e-3 * torch.randn(400, 100, generator=seeded()), "wide": torch.arange(40000.0)}
    for eta in (0.1, 2.0):
        noisy = perturb_parameters(weights, eta, generator=seeded(1))
        for name, weight in weights.items():
            noise = (noisy[name] - weight) / (eta * weight.std())
            assert noise.std().item() == pytest.approx(1, abs=0.02)
            assert noise.mean().item() == pytest.approx(0, abs=0.02)
            assert noise.abs().max() > 3.5, "it has tails"


def test_two_entries_have_the_spread_with_divisor_one():
    weight = torch.tensor([0.0, 2.0], dtype=torch.float64)
    noisy = perturb_parameters({"w": weight}, 0.5, generator=seeded())["w"]
    drawn = torch.randn(2, dtype=torch.float64, generator=seeded())
    torch.testing.assert_close(noisy, weight + 0.5 * 2**0.5 * drawn)


def test_what_has_no_spread_stays_as_it_is():
    weights = {
        "slope": torch.tensor([0.25]),
        "scalar": torch.tensor(3.0),
        "empty": torch.zeros(0, 4),
        "bias": torch.zeros(5),
        "scale": torch.ones(5),
        "counts": torch.arange(3),
    }
    noisy = perturb_parameters(weights, 10.0, generator=seeded())
    for name, weight in weights.items():
        assert torch.equal(noisy[name], weight), name
        assert noisy[name].dtype == weight.dtype
    assert torch.equal(perturb_parameters({"w": torch.arange(3.0)}, 0.0)["w"], torch.arange(3.0))


def test_draws_come_from_the_generator_and_nothing_given_is_changed():
    layer = nn.Linear(4, 3)
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    state = torch.get_rng_state()
    first, again = (perturb_parameters(dict(layer.named_parameters()), 1.0, generator=seeded()) for _ in range(2))
    other = perturb_parameters(dict(layer.named_parameters()), 1.0, generator=seeded(1))
    assert torch.equal(torch.get_rng_state(), state)
    for name, value in before.items():
        assert torch.equal(layer.state_dict()[name], value)
        assert torch.equal(first[name], again[name])
        assert not torch.equal(first[name], other[name])
        assert not first[name].requires_grad
    x = torch.ones(2, 4)
    torch.testing.assert_close(functional_call(layer, first, x), x @ first["weight"].T + first["bias"])


def test_half_precision_keeps_its_type_and_has_its_spread_in_float32():
    weight = torch.linspace(-1, 1, 5000).bfloat16()
    noisy = perturb_parameters({"w": weight}, 1.0, generator=seeded())["w"]
    assert noisy.dtype == torch.bfloat16
    assert (noisy - weight).float().std().item() == pytest.approx(weight.float().std().item(), rel=0.05)


def test_a_negative_strength_is_refused():
    with pytest.raises(ValueError, match="eta must not be negative; got -1"):
        perturb_parameters({}, -1.0)

"""Embeddings that know their classes to some degree, for tests of probes."""

import torch


def noisy(n=300, classes=3, noise=0.5, seed=0):
    """z and y: class means on the axes, plus noise."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.randint(classes, (n,), generator=generator)
    return torch.eye(8)[y] + noise * torch.randn(n, 8, generator=generator), y

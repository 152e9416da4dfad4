"""The recipe of SCGC*'s published code, re-enacted operation by operation so that it costs what theirs costs.

Dense features, two forward passes an epoch, a dense walk matrix, the n x n matrix of cosines with all its
temporaries, and torch's default Adam. Their scoring with labels in every epoch is left out: it is no part of the
training. Pre-training is SDCN's: 30 epochs, batches of 256.
"""

import time
from dataclasses import dataclass, field
from itertools import pairwise

import torch
import torch.nn.functional as F
from sklearn.cluster import KMeans
from torch import Tensor, nn


@dataclass
class Settings:
    """What their command line takes."""

    n_clusters: int
    alpha: float
    beta: float
    tau: float
    order: int
    lr: float
    epochs: int
    n_init: int = 20
    hidden: tuple[int, ...] = (500, 500, 2000)
    out: int = 10
    pretrain_epochs: int = 30
    seconds: list[float] = field(default_factory=list)
    """CPU seconds of each epoch of clustering, filled in."""


def stack(widths: list[int]) -> nn.Sequential:
    """Linear layers with ReLU between them."""
    layers: list[nn.Module] = []
    for into, out in pairwise(widths):
        layers += [nn.Linear(into, out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def run(x: Tensor, adjacency: Tensor, settings: Settings) -> Tensor:
    """Pre-train, place the centres, train; returns the labels after the last step.

    Args:
        x: features, (n, d), dense.
        adjacency: A, (n, n), dense, 0/1, symmetric, without loops.
        settings: hyper-parameters.
    """
    widths = [x.size(1), *settings.hidden, settings.out]
    encoder, decoder = stack(widths), stack(widths[::-1])
    pretrain(x, encoder, decoder, settings.pretrain_epochs)
    with_loops = adjacency + torch.eye(len(x))
    weights = walk_sums(with_loops / with_loops.sum(1, keepdim=True), settings.order)
    with torch.no_grad():
        start = KMeans(settings.n_clusters, n_init=settings.n_init, random_state=0).fit(encoder(x).numpy())
    centres = nn.Parameter(torch.from_numpy(start.cluster_centers_))
    optimiser = torch.optim.Adam([*encoder.parameters(), centres], lr=settings.lr)
    for _ in range(settings.epochs):
        started = time.process_time()
        target = sharpen(assign(encoder(x), centres).data)
        z = encoder(x)
        q = assign(z, centres)
        divergence = F.kl_div(q.log(), target, reduction="batchmean")
        loss = settings.beta * divergence + settings.alpha * contrast(cosines(z), weights, settings.tau)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        settings.seconds.append(time.process_time() - started)
    return assign(encoder(x), centres).argmax(1)


def pretrain(x: Tensor, encoder: nn.Module, decoder: nn.Module, epochs: int) -> None:
    """SDCN's autoencoder."""
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(256):
            loss = F.mse_loss(decoder(encoder(x[rows])), x[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def walk_sums(walk: Tensor, order: int) -> Tensor:
    """P + ... + P^order by dense products."""
    power = total = walk
    for _ in range(order - 1):
        power = power @ walk
        total = total + power
    return total


def assign(z: Tensor, centres: Tensor) -> Tensor:
    """Student's t kernel to each centre, rows to sum 1."""
    q = 1 / (1 + (z[:, None] - centres).square().sum(2))
    return q / q.sum(1, keepdim=True)


def sharpen(q: Tensor) -> Tensor:
    """DEC's target."""
    weight = q.square() / q.sum(0)
    return weight / weight.sum(1, keepdim=True)


def cosines(z: Tensor) -> Tensor:
    """All pairs, the diagonal set to zero: five n x n matrices on the way."""
    products = z @ z.T
    norm = z.square().sum(1, keepdim=True).sqrt()
    scaled = products * (norm @ norm.T) ** (-1)
    return (1 - torch.eye(len(z))) * scaled


def contrast(cosine: Tensor, weights: Tensor, tau: float) -> Tensor:
    """-log of the weighted share of exp(tau c): three more."""
    similarity = torch.exp(tau * cosine)
    positive, every = (similarity * weights).sum(1), similarity.sum(1)
    return -torch.log(positive * every ** (-1) + 1e-8).mean()

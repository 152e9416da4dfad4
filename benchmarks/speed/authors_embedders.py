"""The training steps of BGRL, CCA-SSG, GraphMAE and MVGRL as their authors take them, re-enacted on PyG's layers.

Written in our own words after the specification sheet, which was read off nerdslab/bgrl at 60f9f19,
hengruizhang98/CCA-SSG at ce5b2c0, THUDM/GraphMAE at b14f080 (its branch "pyg" has PyG's attention layer, as here)
and kavehhassani/mvgrl at 628ed2b. Each function prepares what a training prepares once and returns the step: draw
the views, compute the loss, its gradients, the optimiser's step and what follows it. Features are dense, networks
in float32. `Layout` says how GCN layers get a view: "edges" as the authors have it, or "csr", a sparse matrix made
of the view's edges, which PyG's layer multiplies by. Attention layers of PyG gain nothing by a matrix.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.nn import GATConv, GCNConv
from torch_geometric.transforms import NormalizeFeatures
from torch_geometric.utils import add_remaining_self_loops, dropout_edge, remove_self_loops, to_torch_csr_tensor

from graphcl import BGRL, CCASSG, MVGRL, GraphMAE

Layout = Literal["edges", "csr"]
TrainingStep = Callable[[], Tensor]

BLOCKS, BLOCK_NODES = 4, 2000
"""Of MVGRL: how many blocks of consecutive nodes a step has, and how many nodes each of them."""


def view(x: Tensor, edges: Tensor, edge_rate: float, feature_rate: float, layout: Layout) -> tuple[Tensor, Tensor]:
    """Features without some columns, and the graph without some arcs."""
    kept, _ = dropout_edge(edges, p=edge_rate)
    masked = x.clone()
    masked[:, torch.rand(x.size(1)) < feature_rate] = 0
    return masked, laid_out(kept, len(x), layout)


def laid_out(edges: Tensor, n: int, layout: Layout) -> Tensor:
    """The edges, or the transposed adjacency matrix in CSR, as PyG's GCN layer takes either."""
    return edges if layout == "edges" else to_torch_csr_tensor(edges.flip(0), size=(n, n))


class NormalisedGCN(nn.Module):
    """BGRL's encoder: layers of GCN, batch normalisation, PReLU."""

    def __init__(self, widths: list[int], norm_momentum: float) -> None:
        super().__init__()
        pairs = list(pairwise(widths))
        self.conv = nn.ModuleList(GCNConv(a, b) for a, b in pairs)
        self.norm = nn.ModuleList(nn.BatchNorm1d(b, momentum=norm_momentum) for _, b in pairs)
        self.activation = nn.ModuleList(nn.PReLU() for _ in pairs)

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """One row per node."""
        for conv, norm, activation in zip(self.conv, self.norm, self.activation, strict=True):
            x = activation(norm(conv(x, adjacency)))
        return x


def bgrl(graph: Data, model: BGRL, layout: Layout) -> TrainingStep:
    """Two views, both networks on each, AdamW under its schedule, and the target's move."""
    x, total = features(graph, model.row_normalize), model.epochs
    widths = [x.size(1), *[model.hidden_channels] * (model.num_layers - 1), model.out_channels]
    online, target = (NormalisedGCN(widths, model.norm_momentum) for _ in range(2))
    target.requires_grad_(False)
    out, inner = model.out_channels, model.predictor_channels
    predictor = nn.Sequential(nn.Linear(out, inner), nn.PReLU(), nn.Linear(inner, out))
    trained = [*online.parameters(), *predictor.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=0.0, weight_decay=model.weight_decay)
    rates = list(zip(model.edge_rates, model.feature_rates, strict=True))
    warmup, done = model.warmup * total, 0

    def step() -> Tensor:
        nonlocal done
        rising = done < warmup
        share = done / warmup if rising else (1 + math.cos(math.pi * (done - warmup) / (total - warmup))) / 2
        for group in optimiser.param_groups:
            group["lr"] = model.lr * share
        optimiser.zero_grad()
        views = [view(x, graph.edge_index, *pair, layout) for pair in rates]
        predicted = [predictor(online(*one)) for one in views]
        with torch.no_grad():
            wanted = [target(*one) for one in views]
        loss = bootstrap_loss(predicted[0], predicted[1], wanted[0], wanted[1])
        loss.backward()
        optimiser.step()
        momentum = 1 - (1 - model.momentum) * (1 + math.cos(math.pi * done / total)) / 2
        for slow, fast in zip(target.parameters(), online.parameters(), strict=True):
            slow.data.mul_(momentum).add_(fast.data, alpha=1 - momentum)
        done += 1
        return loss

    return step


def bootstrap_loss(q1: Tensor, q2: Tensor, y1: Tensor, y2: Tensor) -> Tensor:
    """BGRL's: predictions of either view against the target's rows of the other."""
    return 2 - F.cosine_similarity(q1, y2.detach()).mean() - F.cosine_similarity(q2, y1.detach()).mean()


def cca_ssg(graph: Data, model: CCASSG, layout: Layout) -> TrainingStep:
    """Two views through GCN layers with ReLU between them, their correlations, Adam."""
    x = features(graph, model.row_normalize)
    widths = [x.size(1), *[model.hidden_channels] * (model.num_layers - 1), model.out_channels]
    layers = nn.ModuleList(GCNConv(a, b) for a, b in pairwise(widths))
    optimiser = torch.optim.Adam(layers.parameters(), lr=model.lr, weight_decay=model.weight_decay)

    def rows() -> Tensor:
        h, adjacency = view(x, graph.edge_index, model.edge_rate, model.feature_rate, layout)
        for depth, layer in enumerate(layers):
            h = layer(F.relu(h) if depth else h, adjacency)
        return h

    def step() -> Tensor:
        optimiser.zero_grad()
        loss = correlation_loss(rows(), rows(), model.decorrelation_weight)
        loss.backward()
        optimiser.step()
        return loss

    return step


def correlation_loss(h1: Tensor, h2: Tensor, weight: float) -> Tensor:
    """CCA-SSG's: standardised columns, whose correlation matrices are compared with an identity in float64."""
    z1, z2 = ((h - h.mean(0)) / h.std(0) for h in (h1, h2))
    c, c1, c2 = (a.T @ b / len(a) for a, b in ((z1, z2), (z1, z1), (z2, z2)))
    identity = torch.eye(c.size(0), dtype=torch.float64)
    apart = (identity - c1).pow(2).sum() + (identity - c2).pow(2).sum()
    return -torch.diagonal(c).sum() + weight * apart


def graph_mae(graph: Data, model: GraphMAE, _layout: Layout) -> TrainingStep:
    """Masked features through attention layers, masked again, and decoded for all nodes; Adam under a cosine."""
    x = features(graph, model.row_normalize)
    n, width, heads = len(x), x.size(1), model.heads
    edges, _ = add_remaining_self_loops(remove_self_loops(graph.edge_index)[0], num_nodes=n)
    widths = [width, *[model.hidden_channels] * (model.num_layers - 1), model.out_channels]
    settings: dict[str, Any] = {"dropout": model.attention_dropout, "add_self_loops": False}
    encoder = nn.ModuleList(GATConv(a, b // heads, heads, **settings) for a, b in pairwise(widths))
    activations = nn.ModuleList(nn.PReLU() for _ in encoder)
    to_decoder, decoder = nn.Linear(widths[-1], widths[-1], bias=False), GATConv(widths[-1], width, **settings)
    token = nn.Parameter(torch.zeros(1, width))
    trained = [token, *(p for part in (encoder, activations, to_decoder, decoder) for p in part.parameters())]
    optimiser = torch.optim.Adam(trained, lr=model.lr, weight_decay=model.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda epoch: (1 + math.cos(math.pi * epoch / model.epochs)) / 2
    )

    def step() -> Tensor:
        optimiser.zero_grad()
        h, hidden = masked(x, token, model.mask, model.replace_rate)
        for layer, activation in zip(encoder, activations, strict=True):
            h = activation(layer(F.dropout(h, model.dropout), edges))
        code = to_decoder(h)
        code[hidden] = 0
        decoded = decoder(F.dropout(code, model.dropout), edges)
        loss = scaled_cosine(decoded[hidden], x[hidden], model.alpha)
        loss.backward()
        optimiser.step()
        schedule.step()
        return loss

    return step


def masked(x: Tensor, token: Tensor, rate: float, replace_rate: float) -> tuple[Tensor, Tensor]:
    """A copy of x with the token, or a random node's row, at a share of the nodes; and which."""
    hidden = torch.randperm(len(x))[: int(rate * len(x))]
    order = hidden[torch.randperm(len(hidden))]
    tokens, replaced = int((1 - replace_rate) * len(hidden)), int(replace_rate * len(hidden))
    out = x.clone()
    if replaced:
        out[order[-replaced:]] = x[torch.randperm(len(x))[:replaced]]
    given = order[:tokens] if replace_rate else order
    out[given] = 0
    out[given] += token
    return out, hidden


def scaled_cosine(decoded: Tensor, wanted: Tensor, alpha: float) -> Tensor:
    """GraphMAE's: the mean over rows of (1 - cosine)^alpha."""
    decoded, wanted = F.normalize(decoded, dim=-1), F.normalize(wanted, dim=-1)
    return (1 - (decoded * wanted).sum(-1)).pow(alpha).mean()


class DenseGCN(nn.Module):
    """MVGRL's layer on a batch of dense matrices."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Linear(in_channels, out_channels, bias=False)
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.activation = nn.PReLU()

    def forward(self, x: Tensor, matrix: Tensor) -> Tensor:
        """(blocks, nodes, out_channels)."""
        return cast(Tensor, self.activation(torch.bmm(matrix, self.weight(x)) + self.bias))


def mvgrl(graph: Data, model: MVGRL, _layout: Layout) -> TrainingStep:
    """Blocks of consecutive nodes on the dense graph and the dense diffusion, real and shuffled; Adam.

    The diffusion's entries are made up: a dense product costs the same whatever they are, and neither the time nor
    the memory of the authors' inverse is in the figure.
    """
    x = features(graph, model.row_normalize)
    n, width, size = len(x), model.out_channels, min(BLOCK_NODES, len(x))
    near, far = dense_adjacency(graph.edge_index, n), torch.rand(n, n) / n
    encoders = nn.ModuleList(DenseGCN(x.size(1), width) for _ in range(2))
    discriminator = nn.Bilinear(width, width, 1)
    trained = [*encoders.parameters(), *discriminator.parameters()]
    optimiser = torch.optim.Adam(trained, lr=model.lr, weight_decay=model.weight_decay)

    def step() -> Tensor:
        optimiser.zero_grad()
        starts = torch.randint(0, n - size + 1, (BLOCKS,)).tolist()
        blocks = [slice(start, start + size) for start in starts]
        matrices = [torch.stack([whole[one, one] for one in blocks]) for whole in (near, far)]
        real = torch.stack([x[one] for one in blocks])
        shuffled = real[:, torch.randperm(size)]
        h1, h2 = (encoder(real, matrix) for encoder, matrix in zip(encoders, matrices, strict=True))
        h3, h4 = (encoder(shuffled, matrix) for encoder, matrix in zip(encoders, matrices, strict=True))
        c1, c2 = (torch.sigmoid(h.mean(1, keepdim=True)) for h in (h1, h2))
        pairs = ((h2, c1), (h1, c2), (h4, c1), (h3, c2))
        scores = torch.cat([scored(discriminator, h, c) for h, c in pairs], dim=1)
        wanted = torch.cat([torch.ones(BLOCKS, 2 * size), torch.zeros(BLOCKS, 2 * size)], dim=1)
        loss = F.binary_cross_entropy_with_logits(scores, wanted)
        loss.backward()
        optimiser.step()
        return loss

    return step


def scored(discriminator: nn.Bilinear, h: Tensor, summary: Tensor) -> Tensor:
    """The score h M c + b of each node, M c first, which costs less than the bilinear layer's own order."""
    return (h @ (discriminator.weight[0] @ summary.mT))[..., 0] + discriminator.bias


def dense_adjacency(edge_index: Tensor, n: int) -> Tensor:
    """D^-1/2 (A + 2 I) D^-1/2: the authors add the loops twice."""
    matrix = torch.zeros(n, n)
    matrix[edge_index[1], edge_index[0]] = 1
    matrix.fill_diagonal_(2)
    root = matrix.sum(1).rsqrt()
    return matrix.mul_(root[:, None]).mul_(root)


def features(graph: Data, row_normalize: bool) -> Tensor:
    """Dense features, rows with the sum 1 if asked."""
    plain = Data(x=graph.x.to_dense())
    x: Tensor = (NormalizeFeatures()(plain) if row_normalize else plain).x
    return x


STEPS: dict[str, Callable[[Data, Any, Layout], TrainingStep]] = {
    "bgrl": bgrl,
    "cca-ssg": cca_ssg,
    "graph-mae": graph_mae,
    "mvgrl": mvgrl,
}
"""By the names of our registry."""

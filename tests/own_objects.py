"""Encoders and augmentations that are no part of graphcl, found by their names as well."""

from torch import nn
from torch_geometric.nn import GCNConv


class MLP(nn.Module):
    """Reads features alone."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(in_channels, 8), nn.ReLU(), nn.Linear(8, out_channels))

    def forward(self, x, edge_index):
        return self.layers(x)


class Weighted(nn.Module):
    """Takes edge weights, and notes whether it got some."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv, self.weighted = GCNConv(in_channels, out_channels), []

    def forward(self, x, edge_index, edge_weight=None):
        self.weighted.append(edge_weight is not None)
        return self.conv(x, edge_index, edge_weight)


def narrow(in_channels: int, out_channels: int) -> nn.Module:
    """A function that makes an encoder."""
    return MLP(in_channels, out_channels)


def halve(data):
    """Drops every other edge, without a generator."""
    data.edge_index = data.edge_index[:, ::2]
    return data

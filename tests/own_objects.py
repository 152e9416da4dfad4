"""Encoders and augmentations that are no part of graphcl, found by their names as well."""

import torch
from torch import nn
from torch_geometric.nn import GCNConv

from graphcl.objectives import info_nce


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


def cold_contrast(h1, h2):
    """A loss of two views."""
    return info_nce(h1, h2, temperature=0.1)


def halves(data):
    """Groups of nodes: the first half and the second."""
    return (torch.arange(data.num_nodes) >= data.num_nodes // 2).long()

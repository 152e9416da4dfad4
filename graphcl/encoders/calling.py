"""Calling an encoder on a graph or a sample, with the optional inputs that its `forward` has parameters for."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

OPTIONAL = ("edge_weight", "degree", "added_loop")
"""Inputs that are given where the graph has them and the encoder takes them, by name."""


def encode(encoder: nn.Module, data: Data) -> Tensor:
    """One row per node: encoder(x, edge_index), and with `edge_weight`, `degree` and `added_loop` by name.

    Args:
        encoder: any module whose `forward` takes (x, edge_index), and perhaps some of those names. An encoder
            without `degree` computes degrees of its own: on samples they are those of the sample. Sparse features
            become dense unless the encoder has an attribute `reads_csr` that is True.
        data: a graph, or a sample of one as `NodeBatches` makes them.

    Returns:
        (n, channels), also of the neighbours in a sample, whose own neighbours are incomplete.

    Raises:
        ValueError: a graph with edge weights for an encoder that takes none.

    Example:
        >>> from graphcl.encoders import GNN
        >>> path = Data(x=torch.ones(3, 4), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
        >>> encode(GNN(4, 8, 2, 2), path).shape
        torch.Size([3, 2])
    """
    taken = _optional_inputs(type(encoder).forward)
    given = {name: data[name] for name in OPTIONAL if data.get(name) is not None}
    if "edge_weight" in given and "edge_weight" not in taken:
        raise ValueError(
            f"{type(encoder).__name__} takes no edge_weight; remove it first: del data.edge_weight, "
            "or give its forward a parameter of this name"
        )
    x = data.x
    if x.layout == torch.sparse_csr and not getattr(encoder, "reads_csr", False):
        x = x.to_dense()  # most layers of PyG index rows, which CSR has no kernel for
    rows: Tensor = encoder(x, data.edge_index, **{name: given[name] for name in taken if name in given})
    return rows


def check_width(encoder: nn.Module, in_channels: int, out_channels: int) -> None:
    """Try an encoder on two joined nodes, and refuse rows of another shape than (2, out_channels).

    Raises:
        ValueError: another shape.
        TypeError: a `forward` that does not take (x, edge_index).

    Example:
        >>> from torch_geometric.nn import GCNConv
        >>> check_width(GCNConv(4, 8), 4, 16)
        Traceback (most recent call last):
            ...
        ValueError: encoder GCNConv gives rows of shape (2, 8) for 2 nodes; set out_channels=8
    """
    name = type(encoder).__name__
    device = next((parameter.device for parameter in encoder.parameters()), torch.device("cpu"))
    pair = Data(
        x=torch.ones(2, in_channels, device=device), edge_index=torch.tensor([[0, 1], [1, 0]], device=device)
    )
    training = encoder.training
    try:
        with torch.no_grad():
            rows = encode(encoder.eval(), pair)
    except TypeError as error:
        raise TypeError(f"encoder {name} must take (x, edge_index) in forward: {error}") from error
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"encoder {name} cannot read x of {in_channels} columns ({reason}); build it for them"
        ) from error
    finally:
        encoder.train(training)
    if rows.shape != (2, out_channels):
        remedy = (
            f"set out_channels={rows.size(-1)}" if rows.dim() == 2 and len(rows) == 2 else "give one row per node"
        )
        raise ValueError(f"encoder {name} gives rows of shape {tuple(rows.shape)} for 2 nodes; {remedy}")


@lru_cache(maxsize=256)
def _optional_inputs(forward: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(forward).parameters
    return tuple(name for name in OPTIONAL if name in parameters)

"""The encoder that a model brings to fine-tuning: a copy, checked against the graphs."""

from copy import deepcopy
from typing import Any

import torch
from torch import nn

from graphcl.evaluation.transfer.labelled import LabelledGraphs
from graphcl.graph_collection import GraphCollection

EncoderSource = Any
"""A fitted pre-trainer (with `module_.encoder`); an encoder, a module of (x, edge_index, edge_attr) -> one row per
node; or a function of the seed that gives either."""

WRONG = (ValueError, TypeError, RuntimeError, LookupError)
"""What an encoder may raise on graphs that are not of its kind."""


def encoder_from(model: EncoderSource, seed: int, dataset: LabelledGraphs) -> nn.Module:
    """A copy of a model's encoder, which may be trained.

    Args:
        model: see `EncoderSource`; a function is called here, so that what it makes depends on the seed.
        seed: of the run.
        dataset: whose graphs it is to read.

    Raises:
        TypeError: nothing that has an encoder of graphs.
        ValueError: a model that was not fitted, or one of other graphs, such as of another domain.
    """
    if isinstance(model, nn.Module):
        inner = getattr(model, "encoder", model)
        return deepcopy(inner if isinstance(inner, nn.Module) else model)
    if not hasattr(model, "transform"):
        if not callable(model):
            got = type(model).__name__
            raise TypeError(
                f"model must be a fitted pre-trainer, an encoder, or a function of the seed; got {got}"
            )
        made = model(seed)
        if not (isinstance(made, nn.Module) or hasattr(made, "transform")):
            raise TypeError(f"the function must give a pre-trainer or an encoder; got {type(made).__name__}")
        return encoder_from(made, seed, dataset)
    name = getattr(model, "name", type(model).__name__)
    if getattr(model, "takes", "graphs") != "graphs":
        raise ValueError(
            f"{name} learns from one graph; take a model that is pre-trained on many, as attr-masking"
        )
    if not hasattr(model, "n_features_in_"):
        raise ValueError(f"{name} is not fitted; call fit first, or load a model that is")
    encoder = getattr(model.module_, "encoder", None)
    if not isinstance(encoder, nn.Module):
        raise TypeError(f"{name} has no encoder of graphs to fine-tune; take a model such as attr-masking or dsla")
    try:
        model.transform(dataset.graphs)
    except WRONG as error:
        raise ValueError(
            f"the model {name} does not read the graphs of {dataset.name}: {_one_line(error)}"
        ) from error
    return deepcopy(encoder)


def set_dropout(encoder: nn.Module, dropout: float) -> None:
    """Set the dropout of an encoder, in place.

    Raises:
        TypeError: it has no attribute `dropout` with a probability.
    """
    if not isinstance(getattr(encoder, "dropout", None), float | int):
        name = type(encoder).__name__
        raise TypeError(f"{name} has no attribute dropout to set to {dropout:g}; give dropout=None to leave it")
    encoder.dropout = dropout  # type: ignore[assignment]


def encoder_width(encoder: nn.Module, graphs: GraphCollection, name: str) -> int:
    """Width of the encoder's rows, of one graph, in evaluation mode.

    Raises:
        ValueError: the encoder cannot read it, or does not give one row per node.
    """
    one = graphs.batch([0])
    training = encoder.training
    encoder.eval()
    try:
        with torch.no_grad():
            rows = encoder(one.x, one.edge_index, one.get("edge_attr"))
    except WRONG as error:
        raise ValueError(
            f"{type(encoder).__name__} does not read the graphs of {name}: {_one_line(error)}; take an encoder of "
            "their domain"
        ) from error
    finally:
        encoder.train(training)
    if rows.dim() != 2 or len(rows) != len(one.x):
        raise ValueError(
            f"an encoder must give one row per node; got {list(rows.shape)} for {len(one.x)} nodes of {name}"
        )
    return int(rows.size(1))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

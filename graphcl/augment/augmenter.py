"""Augmenter: the interface of everything that changes a graph, or a batch of graphs, at random."""

import inspect
from abc import abstractmethod
from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform, Compose

from graphcl.augment.attributes import without_stale
from graphcl.augment.degrees import scale_degree


class Augmenter(BaseTransform):
    """A PyG transform with random draws: `augmenter(data)` or `augmenter(data, generator)` gives a changed copy.

    Subclasses write `forward(data, generator)`, which gets a shallow copy of the input and hands the generator on
    to whatever draws. Augmenters compose with PyG's transforms in `torch_geometric.transforms.Compose`.

    Args:
        generator: what the draws come from when a call names none; None takes torch's global generator of the
            device that the graph is on.

    Attributes:
        sparse_x: of the class: whether `forward` can take x in CSR, as which estimators store features with few
            nonzeros. Where it is False, which is the default, x comes dense.

    Example:
        >>> class Jitter(Augmenter):
        ...     def forward(self, data, generator):
        ...         data.x = data.x + torch.randn(data.x.shape, generator=generator)
        ...         return data
        >>> graph = Data(x=torch.zeros(2, 3), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> Jitter()(graph, torch.Generator().manual_seed(0)).x.shape
        torch.Size([2, 3])
    """

    sparse_x: ClassVar[bool] = False

    generator: torch.Generator | None = None

    def __init__(self, *, generator: torch.Generator | None = None) -> None:
        self.generator = generator

    def __call__(self, data: Data, generator: torch.Generator | None = None) -> Data:
        """A changed copy of the graph; the draws come from `generator`, else from that of the constructor."""
        given = copy(data) if self.sparse_x else _dense(data)
        return self.forward(given, self.generator if generator is None else generator)

    @abstractmethod
    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The changed graph.

        Args:
            data: a shallow copy of the input: attributes may be set, tensors must not be written to.
            generator: what the draws come from; None for torch's global generator.
        """

    def prepare(self, data: Data) -> Data:
        """A copy of the whole graph with what the draws depend on, so that it is computed once.

        Calls on the result, or on a sample of it, find the attachments of `graphcl.attachments.attach` there. On a
        graph without them a call computes them itself. The default attaches nothing.
        """
        return data

    def __repr__(self) -> str:
        settings = (f"{name}={_shown(value)}" for name, value in vars(self).items() if name != "generator")
        return f"{type(self).__name__}({', '.join(settings)})"


def apply(augmentation: Callable[..., Any], data: Data, generator: torch.Generator | None = None) -> Data:
    """Call an `Augmenter`, a transform of PyG or any function of a graph, and check that the result is a graph.

    `torch_geometric.transforms.Compose` is applied part by part, so that each part gets the generator. What is no
    `Augmenter` gets it if it has a parameter `generator`; otherwise its draws come from the global generators.
    Such a callable gets x dense; where it changes the edges, the attachments of the old edges are removed and
    `degree` is scaled.

    Args:
        augmentation: from `Data` to `Data`.
        data: a graph or a batch of graphs; it is not changed.
        generator: what the draws come from; None for that of the `Augmenter`, or torch's global generator.

    Raises:
        TypeError: an augmentation that cannot be called, or a result that is not `Data`.

    Example:
        >>> from torch_geometric.transforms import AddSelfLoops, Compose
        >>> from graphcl.augment import DropEdges
        >>> graph = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> view = apply(Compose([AddSelfLoops(), DropEdges(0.5)]), graph, torch.Generator().manual_seed(0))
        >>> view.edge_index
        tensor([[1],
                [0]])
    """
    if isinstance(augmentation, Compose):
        for part in augmentation.transforms:
            data = apply(part, data, generator)
        return data
    if not callable(augmentation):
        raise TypeError(
            f"augmentation must be callable; got {augmentation!r}; give an Augmenter or a function of Data"
        )
    if isinstance(augmentation, Augmenter):
        return _checked(augmentation(data, generator), augmentation)
    named = {"generator": generator} if generator is not None and _takes_generator(augmentation) else {}
    out = _checked(augmentation(_dense(data), **named), augmentation)
    return without_stale(scale_degree(out, data), data)


def prepare(augmentation: Callable[..., Any], data: Data) -> Data:
    """Attach to the whole graph what an augmentation's draws depend on; see `Augmenter.prepare`.

    Of a `torch_geometric.transforms.Compose`, those augmenters are prepared that no other kind of transform
    precedes: it may change the edges, so that those after it compute at each call what is not attached already.

    Example:
        >>> from graphcl.augment import Dropping
        >>> graph = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]))
        >>> sorted(prepare(Dropping(0.5, 0.0, centrality="degree"), graph).axes.values())
        ['edge_index', 'node', 'whole']
    """
    for part in _augmenters_first(augmentation):
        data = part.prepare(data)
    return data


def _augmenters_first(augmentation: Callable[..., Any]) -> list[Augmenter]:
    """The augmenters before the first transform of another kind."""
    found: list[Augmenter] = []
    for part in _parts(augmentation):
        if not isinstance(part, Augmenter):
            break
        found.append(part)
    return found


def _parts(augmentation: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The transforms of nested `Compose`s in their order."""
    if not isinstance(augmentation, Compose):
        return [augmentation]
    return [inner for part in augmentation.transforms for inner in _parts(part)]


def _dense(data: Data) -> Data:
    """A shallow copy of the graph, x dense."""
    data = copy(data)
    if isinstance(data.get("x"), Tensor) and data.x.layout != torch.strided:
        data.x = data.x.to_dense()
    return data


def _takes_generator(function: Callable[..., Any]) -> bool:
    called = function.forward if isinstance(function, nn.Module) else function
    return "generator" in inspect.signature(called).parameters


def _checked(out: object, augmentation: object) -> Data:
    if not isinstance(out, Data):
        raise TypeError(
            f"an augmentation must return a torch_geometric Data; {_shown(augmentation)} returned "
            f"{type(out).__name__}; return the changed copy"
        )
    return out


def _shown(value: object) -> str:
    if isinstance(value, Tensor):
        return f"tensor{list(value.shape)}"
    return str(getattr(value, "__qualname__", repr(value)))

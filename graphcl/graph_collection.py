"""Collection of graphs in concatenated tensors, from which batches are gathered without a loop over graphs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import index as integer
from typing import Any, SupportsIndex, overload

import torch
from jaxtyping import Bool, Float, Int, Integer, Shaped
from torch import Tensor
from torch_geometric.data import Data

GraphLabels = Int[Tensor, " graphs"] | Float[Tensor, "graphs tasks"]
"""One class per graph; or one column per task, with NaN for missing labels."""


@dataclass(frozen=True, eq=False, repr=False)
class GraphCollection:
    """Collection of graphs: `graphs[3]` is a graph, `graphs[:9]` a view, `graphs.batch(index)` a mini-batch.

    Tensors keep their type, also small integer types, and may be memory-mapped; the graphs and batches that are
    returned have int64 where integers are stored.

    Attributes:
        x: Features of all nodes; integers are categories.
        edge_index: All edges, with nodes numbered within their graph.
        node_ptr: Offset of the nodes of each graph, from 0 to N.
        edge_ptr: Offset of the edges of each graph, from 0 to E.
        edge_attr: Features of all edges; integers are categories.
        y: One class per graph, or one column per task with NaN for missing labels.

    Raises:
        ValueError: If the shapes of the tensors are inconsistent; the range of edge_index is not checked.

    Example:
        >>> pair = Data(x=torch.zeros(2, 1), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> one = Data(x=torch.ones(1, 1), edge_index=torch.zeros(2, 0).long())
        >>> graphs = GraphCollection.of([one, pair])
        >>> graphs
        GraphCollection(2 graphs, 3 nodes, 2 edges)
        >>> graphs.batch([1, 0, 1]).edge_index
        tensor([[0, 1, 3, 4],
                [1, 0, 4, 3]])
    """

    x: Shaped[Tensor, "nodes features"]
    edge_index: Integer[Tensor, "2 edges"]
    node_ptr: Int[Tensor, " node_bounds"]
    edge_ptr: Int[Tensor, " edge_bounds"]
    edge_attr: Shaped[Tensor, "rows kinds"] | None = None
    y: GraphLabels | None = None

    def __post_init__(self) -> None:
        _check_bounds("node_ptr", self.node_ptr, "rows of x", len(self.x))
        _check_bounds("edge_ptr", self.edge_ptr, "columns of edge_index", self.edge_index.shape[1])
        if len(self.node_ptr) != len(self.edge_ptr):
            got = f"{len(self.node_ptr)} and {len(self.edge_ptr)}"
            raise ValueError(f"node_ptr and edge_ptr must have the same length; got {got} entries")
        for name, value, rows in (
            ("edge_attr", self.edge_attr, self.edge_index.shape[1]),
            ("y", self.y, len(self)),
        ):
            if value is not None and len(value) != rows:
                raise ValueError(f"{name} must have {rows} rows; got {len(value)}")

    @classmethod
    def of(cls, graphs: Sequence[Data]) -> "GraphCollection":
        """Concatenate graphs: their x, edge_index and, if all that have edges have it, edge_attr.

        Raises:
            TypeError: If edge_index does not hold integers.
            ValueError: If there is no graph, one has no x or edge_index, or the numbers of features differ.
        """
        if not graphs:
            raise ValueError("there must be at least one graph; got none")
        for graph in graphs:
            _check_graph(graph)
        attrs = _edge_attrs(graphs)
        for name in ("x", "edge_attr"):
            rows = attrs if name == "edge_attr" else [graph.x for graph in graphs]
            widths = {None if values is None else values.shape[1:] for values in rows}
            if len(widths) > 1:
                got = " and ".join(sorted("none" if width is None else str(tuple(width)) for width in widths))
                raise ValueError(f"{name} must have the same number of columns in all graphs; got {got}")
        attr = None if attrs[0] is None else torch.cat(attrs)
        x = torch.cat([graph.x for graph in graphs])
        edge_index = torch.cat([graph.edge_index for graph in graphs], dim=1)
        node_ptr = bounds(torch.tensor([graph.x.size(0) for graph in graphs], device=x.device))
        edge_ptr = bounds(torch.tensor([graph.edge_index.size(1) for graph in graphs], device=x.device))
        return cls(x, edge_index, node_ptr, edge_ptr, attr)

    @property
    def labelled(self) -> Bool[Tensor, "..."]:
        """Mask of the labels that are present: not NaN or, for one class per graph, not negative.

        Raises:
            ValueError: If the graphs have no labels.
        """
        if self.y is None:
            raise ValueError("these graphs have no labels y")
        return ~torch.isnan(self.y) if self.y.is_floating_point() else self.y >= 0

    def __len__(self) -> int:
        return len(self.node_ptr) - 1

    def __repr__(self) -> str:
        edges = self.edge_index.shape[1]
        return f"{type(self).__name__}({len(self):,} graphs, {len(self.x):,} nodes, {edges:,} edges)"

    def __iter__(self) -> Iterator[Data]:
        return map(self.__getitem__, range(len(self)))

    @overload
    def __getitem__(self, index: SupportsIndex) -> Data: ...

    @overload
    def __getitem__(self, index: slice) -> "GraphCollection": ...

    def __getitem__(self, index: SupportsIndex | slice) -> "Data | GraphCollection":
        start, stop, step = (index if isinstance(index, slice) else _single(integer(index), len(self))).indices(
            len(self)
        )
        if step != 1:
            return self.select(torch.arange(start, stop, step))
        stop = max(start, stop)
        nodes, edges = self.node_ptr[start : stop + 1], self.edge_ptr[start : stop + 1]
        node, edge = (slice(int(ptr[0]), int(ptr[-1])) for ptr in (nodes, edges))
        part = GraphCollection(
            self.x[node],
            self.edge_index[:, edge],
            nodes - nodes[0],
            edges - edges[0],
            None if self.edge_attr is None else self.edge_attr[edge],
            None if self.y is None else self.y[start:stop],
        )
        return part if isinstance(index, slice) else _one_graph(part.to_dict())

    def select(self, index: Tensor | Sequence[int]) -> "GraphCollection":
        """Copy of some graphs, by index (in that order) or by mask, as a collection; types are kept."""
        values, node_ptr, edge_ptr = self._gather(index)
        return GraphCollection(**values, node_ptr=node_ptr, edge_ptr=edge_ptr)

    def batch(self, index: Tensor | Sequence[int]) -> Data:
        """Mini-batch of some graphs, as one disconnected graph like PyG's `Batch`, without a loop over graphs.

        Args:
            index: Indices of the graphs, in any order and with repetitions; or a mask over all graphs.

        Returns:
            x, edge_index (int64, numbered over the batch), `batch` (graph index of each node), `ptr` (offset of
            the nodes of each graph), and edge_attr and y if the collection has them.

        Raises:
            IndexError: If an index is out of range.
        """
        values, ptr, edge_ptr = self._gather(index)
        data = _one_graph(values)
        first = torch.repeat_interleave(ptr[:-1], edge_ptr.diff(), output_size=data.edge_index.shape[1])
        data.edge_index = data.edge_index + first
        places = torch.arange(len(ptr) - 1, device=ptr.device)
        data.batch = torch.repeat_interleave(places, ptr.diff(), output_size=len(data.x))
        data.ptr = ptr
        return data

    def to(self, device: torch.device | str) -> "GraphCollection":
        """Copy of the collection on a device."""
        return replace(self, **{name: value.to(device) for name, value in self.to_dict().items()})

    def to_dict(self) -> dict[str, Tensor]:
        """Tensors by name, without those that are None."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def _numbers(self, index: Tensor | Sequence[int]) -> Int[Tensor, " chosen"]:
        """Indices of the chosen graphs, from indices or a mask."""
        index = torch.as_tensor(index, device=self.node_ptr.device)
        if index.dtype == torch.bool:
            if index.shape != (len(self),):
                raise IndexError(
                    f"a mask must have a value for each of {len(self)} graphs; got {list(index.shape)}"
                )
            return index.nonzero()[:, 0]
        if index.numel() and (index.is_floating_point() or index.is_complex()):
            raise TypeError(f"graphs are chosen by integers or a mask; got {index.dtype}; convert it with .long()")
        return index.long()

    def _gather(self, index: Tensor | Sequence[int]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Tensors of the chosen graphs, in the stored types, and the offsets of their nodes and edges."""
        index = self._numbers(index)
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < len(self):
            raise IndexError(f"graphs must lie in [0, {len(self)}); got {int(index.min())} to {int(index.max())}")
        nodes, node_ptr = _positions(self.node_ptr, index)
        edges, edge_ptr = _positions(self.edge_ptr, index)
        values = {"x": self.x[nodes], "edge_index": self.edge_index[:, edges]}
        if self.edge_attr is not None:
            values["edge_attr"] = self.edge_attr[edges]
        if self.y is not None:
            values["y"] = self.y[index]
        return values, node_ptr, edge_ptr


Graphs = Sequence[Data] | GraphCollection
"""Many graphs: a sequence of `Data`, or a collection."""


def bounds(sizes: Int[Tensor, " graphs"]) -> Int[Tensor, " bounds"]:
    """Offsets of segments of given sizes, with the total at the end (like PyG's `ptr`).

    Example:
        >>> bounds(torch.tensor([2, 0, 3]))
        tensor([0, 2, 2, 5])
    """
    return torch.cat([sizes.new_zeros(1), torch.cumsum(sizes, 0)])


def _positions(ptr: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
    """Positions of the chosen segments among all, and the offset of each among the chosen."""
    start = ptr[index]
    count = ptr[index + 1] - start
    chosen = bounds(count)
    total = int(chosen[-1])
    shift = torch.repeat_interleave(start - chosen[:-1], count, output_size=total)
    return torch.arange(total, device=ptr.device) + shift, chosen


def _one_graph(values: Mapping[str, Tensor]) -> Data:
    """One `Data` of these tensors, without offsets; integers as int64."""
    return Data(**{name: _wide(value) for name, value in values.items() if not name.endswith("_ptr")})


def _wide(values: Tensor) -> Tensor:
    """Integers as int64, other types unchanged."""
    return values if values.is_floating_point() else values.long()


def _single(index: int, length: int) -> slice:
    """The slice that selects one graph."""
    if not -length <= index < length:
        raise IndexError(f"there are {length} graphs; got index {index}")
    return slice(index % length, index % length + 1)


def _edge_attrs(graphs: Sequence[Data]) -> list[Any]:
    """The edge_attr of each graph; one without edges need not have it, and gets no rows, as wide as others."""
    given = next((graph.edge_attr for graph in graphs if graph.get("edge_attr") is not None), None)
    none = None if given is None else given[:0]
    return [graph.get("edge_attr", none if graph.edge_index.size(1) == 0 else None) for graph in graphs]


def _check_graph(graph: Data) -> None:
    """Check the shapes of x and edge_index of a graph."""
    for name, valid in (("x", "(n, d)"), ("edge_index", "(2, e)")):
        value = graph.get(name)
        if not isinstance(value, Tensor) or value.dim() != 2 or (name == "edge_index" and len(value) != 2):
            got = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise ValueError(f"{name} of every graph must be a tensor of shape {valid}; got {got}")
    if graph.edge_index.is_floating_point():
        raise TypeError(f"edge_index must hold integers; got {graph.edge_index.dtype}; convert it with .long()")


def _check_bounds(name: str, ptr: Tensor, counted: str, total: int) -> None:
    """Check that offsets rise from 0 to the total."""
    if len(ptr) == 0 or int(ptr[0]) != 0 or int(ptr[-1]) != total or bool((ptr.diff() < 0).any()):
        raise ValueError(f"{name} must rise from 0 to {total}, the {counted}; got {ptr[:5].tolist()} ...")

"""A PyG dataset class that is not left alone with files nobody has looked at."""

from collections.abc import Callable

from torch_geometric.data import Data, InMemoryDataset


def guarded(
    base: type[InMemoryDataset],
    *,
    verify: Callable[[], None],
    keep: Callable[[Data], None],
    no_download: Callable[[Exception], str],
    no_graph: Callable[[Exception], str],
) -> type[InMemoryDataset]:
    """A class that verifies before it parses, keeps no pickle, explains what failed, and prints nothing.

    PyG's classes write what they parsed as a pickle and read it back. This one hands it over instead: no pickle
    is ever opened, and a graph of 1 GB is in memory once.

    Args:
        base: A class of `torch_geometric.datasets`, of one graph.
        verify: Called before the raw files are parsed; raises where they must not be.
        keep: Takes the graph.
        no_download: What to say of a failed download.
        no_graph: What to say of files that could not be parsed.

    Returns:
        The class; an instance is made for its effects, and holds nothing.
    """

    class Guarded(base):
        log = property(lambda self: False, lambda self, value: None)  # noqa: ARG005 - PyG sets it to True

        def download(self) -> None:
            try:
                super().download()
            except Exception as error:
                raise FileNotFoundError(no_download(error)) from error

        def process(self) -> None:
            verify()
            try:
                super().process()
            except Exception as error:
                raise ValueError(no_graph(error)) from error

        def save(self, data_list: list[Data], path: str) -> None:  # noqa: ARG002
            keep(data_list[0])

        def load(self, path: str) -> None:
            pass

    return Guarded

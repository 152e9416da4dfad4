"""Safe use of PyG dataset classes: files are verified before parsing, and no pickle is written or read."""

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
    """Subclass of a PyG dataset that verifies its raw files, returns the graph unpickled, and prints nothing.

    PyG's classes pickle the parsed graph and read it back. This subclass passes it to `keep` instead: no pickle is
    opened, and a large graph is in memory only once.

    Args:
        base: A class of `torch_geometric.datasets` with a single graph.
        verify: Called before the raw files are parsed; raises an error if they are not safe to parse.
        keep: Called with the parsed graph.
        no_download: Error message for a failed download.
        no_graph: Error message for files that could not be parsed.

    Returns:
        The subclass; its instances hold no data, `keep` receives the graph.
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

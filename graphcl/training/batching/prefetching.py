"""Prefetching: the next batch is made in a background thread while the current one is trained on."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Iterate over items; the next one is made in a background thread while the caller uses the last one given.

    The items and their order are the same. One thread makes all of them, at most one ahead. What `items` raises is
    raised here, in its turn and of its type. The thread ends with the last item, or when this generator is closed:
    use `contextlib.closing` where a loop may be left early.

    Args:
        items: is advanced in the background thread alone. It must draw from no global random state and read
            nothing that the caller changes meanwhile.

    Example:
        >>> list(ahead(iter(range(3))))
        [0, 1, 2]
    """
    end: Any = object()
    with ThreadPoolExecutor(1, thread_name_prefix="batch-ahead") as thread:
        coming = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield item
            del item  # not held while the next one is waited for

"""What the card of a model says of the data that it was trained on."""

from pathlib import Path

from graphcl.datasets.loading import entry_of
from graphcl.datasets.sources.source import Dataset
from graphcl.training import About


def about_data(dataset: Dataset, source: str, root: Path | None = None) -> About:
    """Name, parameters, checksum, origin and licence of a dataset; of a file of the user's the licence is unknown.

    Args:
        dataset: as it was loaded.
        source: the name or path that it was loaded by.
        root: the folder of raw data, or None for the default.

    Example:
        >>> from graphcl.datasets import load
        >>> about_data(load("karate"), "karate").licence
        'none stated'
    """
    entry = entry_of(source, root)
    return About.of(
        dataset,
        origin=entry.origin if entry else "a file of the user's",
        licence=entry.licence if entry else "",
    )

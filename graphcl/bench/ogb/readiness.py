"""What keeps an entry from being submitted: too few seeds, a dirty checkout, or data that is not OGB's."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from graphcl.bench.runs.record import Record
from graphcl.datasets.ogb.sets import OgbSet
from graphcl.datasets.sources.source import Dataset

DRAFT = "take --draft for a report that is none to submit"


def seeds_lacking(entry: OgbSet, seeds: int) -> str | None:
    """Why the number of seeds is too small for the board; None where it is not.

    Example:
        >>> from graphcl.datasets.ogb.sets import SETS
        >>> seeds_lacking(SETS["ogbn-arxiv"], 2)
        'ogbn-arxiv takes at least 10 seeds; got 2'
    """
    return f"{entry.name} takes at least {entry.seeds} seeds; got {seeds}" if seeds < entry.seeds else None


def checkout_unclean(git: dict[str, Any] | None) -> str | None:
    """Why the code cannot be named by a commit; None where it can, or is an installed release.

    Example:
        >>> checkout_unclean({"commit": "146de24", "dirty": True})
        'the checkout has changes that commit 146de24 does not; commit them'
    """
    if git is None or not git["dirty"]:
        return None
    return f"the checkout has changes that commit {str(git['commit'])[:7]} does not; commit them"


def split_differs(entry: OgbSet, dataset: Dataset) -> str | None:
    """Why the data cannot be OGB's: it says that it was made, or has parts of other sizes; None where they agree.

    Args:
        entry: facts on the dataset.
        dataset: as it was loaded.
    """
    parts = dataset.links if entry.kind == "link" else dataset.splits  # type: ignore[union-attr]
    sizes = tuple(_size(parts[part]) if part in parts else 0 for part in ("train", "val", "test"))
    if made := dataset.parameters.get("made"):
        return f"the data is not OGB's: {made}"
    if sizes == entry.parts:
        return None
    got, official = (" / ".join(f"{size:,}" for size in each) for each in (sizes, entry.parts))
    return f"the data is not OGB's: train, val and test are {got}, and {official} officially"


def records_differ(records: Iterable[Record]) -> str | None:
    """Why runs on file do not belong to one clean commit; None where they do."""
    gits = [record.git for record in records]
    if any(git is not None and git["dirty"] for git in gits):
        return "some runs on file were made by a checkout with changes; name another folder by --out"
    commits = {None if git is None else git["commit"] for git in gits}
    return "the runs on file are of several commits; name another folder by --out" if len(commits) > 1 else None


def check_ready(*reasons: str | None) -> None:
    """Refuse an entry that is not to be submitted.

    Args:
        reasons: what keeps it from that; None for nothing.

    Raises:
        ValueError: the first of the reasons.

    Example:
        >>> check_ready(None, None)
    """
    for reason in reasons:
        if reason is not None:
            raise ValueError(f"{reason}; or {DRAFT}")


def _size(part: Tensor) -> int:
    """Of a mask, indices, or pairs."""
    if part.dim() == 2:
        return int(part.size(1))
    return int(part.sum()) if part.dtype == torch.bool else len(part)

"""The probes of a suite on one dataset: their splits, protocol and scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from torch import Tensor

from graphcl.bench.runs.run import LAST_STEP
from graphcl.datasets import GraphCollectionDataset
from graphcl.datasets.sources.source import Dataset
from graphcl.evaluation import PROBES, node_splits, probe_scores, split_digest, splitting_of
from graphcl.evaluation.probes import REVISION, needs_split


@dataclass(frozen=True)
class Probing:
    """Probes on the splits of a dataset.

    Args:
        probes: out of PROBES, in that order.
        split: "own" or "random"; a random split is drawn anew for each seed. "no" where there is none and
            no probe needs one.
        protocol: how the numbers of such a run were measured; it names probes, splits and their content.
    """

    probes: list[str]
    split: str
    protocol: str

    @classmethod
    def of(cls, dataset: Dataset, probes: Sequence[str], split: str = "auto") -> Self:
        """Plan probes for a dataset, and check its splits.

        Raises:
            ValueError: a dataset without classes, or without usable splits where a probe reads them.

        Example:
            >>> from graphcl.datasets import load
            >>> Probing.of(load("karate"), ["knn", "linear"]).protocol
            'labels read once, after the last step; probes linear, knn (revision 1), random splits'
        """
        if isinstance(dataset, GraphCollectionDataset):
            raise ValueError(  # noqa: TRY004
                f"{dataset.name} holds many graphs, and probes are for nodes; use graphcl cluster"
            )
        if dataset.num_classes is None:
            raise ValueError(f"{dataset.name} has no classes to probe for; give y, or cluster it instead")
        chosen, content = "no", ""
        try:
            wanted = splitting_of(dataset.splits, split)
            splits = node_splits(dataset.graph.y, dataset.splits, split=wanted)
        except ValueError as error:
            if needs_split(probes):
                raise ValueError(f"{dataset.name}: {error}") from error
        else:  # in the protocol even where nothing reads them: records are found by it
            chosen, content = wanted, f" {split_digest(splits)}" if wanted == "own" else ""
        ordered = [probe for probe in PROBES if probe in probes]
        what = f"probes {', '.join(ordered)} (revision {REVISION}), {chosen} splits{content}"
        return cls(ordered, chosen, f"{LAST_STEP}; {what}")

    def scores(self, dataset: Dataset, z: Tensor, seed: int) -> dict[str, float]:
        """What `probe_scores` gives for an embedding, once its training is over."""
        y = dataset.graph.y
        reads = needs_split(self.probes)
        splits = node_splits(y, dataset.splits, split=self.split, seed=seed) if reads else []
        return probe_scores(z, y, splits, probes=self.probes, seed=seed)

"""State of one call of `fit`: runtime, options, costs, and the training with cache and checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.checkpoint import Checkpoint
from graphcl.training.loop import Callback, train
from graphcl.training.method import Method
from graphcl.training.stage import Stage
from graphcl.training.stage_cache import StageCache, fingerprint


@dataclass
class Fitting:
    """Options of a call of `fit` besides the hyper-parameters, and the costs of its stages.

    Args:
        runtime: device, precision and seed.
        params: the hyper-parameters as plain values.
        callbacks: called with a `Report` after every epoch.
        cache: a folder where pre-trainings are found and kept.
        checkpoint: where the state of the training is found and kept.
        out: an npy file that the embedding is to be mapped from.
        costs: of each stage, in the form of `Meter.cost`.
    """

    runtime: Runtime
    params: dict[str, Any]
    callbacks: Sequence[Callback] = ()
    cache: Path | None = None
    checkpoint: Checkpoint | None = None
    out: Path | None = None
    costs: list[dict[str, Any]] = field(default_factory=list)

    def train(
        self, module: Method, batches: Batches, stages: Sequence[Stage], name: str, revision: int, graphs: Graphs
    ) -> list[dict[str, Any]]:
        """Run the stages; their costs are added, and the history is returned.

        Args:
            module: on the run's device.
            batches: of the prepared data.
            stages: of the method.
            name: of the method.
            revision: of the method.
            graphs: the checked data, whose digest identifies cached stages and checkpoints.
        """
        parts = [graphs] if isinstance(graphs, GraphCollection) else graphs
        shared = any(stage.shared for stage in stages)
        cache = StageCache(self.cache, fingerprint(parts[0])) if self.cache and shared else None
        if self.checkpoint:
            data = [fingerprint(part) for part in parts]
            self.checkpoint.identity = {"method": name, "revision": revision, "params": self.params, "data": data}
        training = train(
            module,
            batches,
            stages,
            self.runtime,
            callbacks=self.callbacks,
            cache=cache,
            checkpoint=self.checkpoint,
        )
        self.costs += training.stages
        return training.history

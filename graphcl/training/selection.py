"""Model selection without labels: a copy of the best state of a stage by a score, kept during training."""

import math
from typing import Any

import torch
from torch import Tensor

from graphcl.ops.machine.rank_zero import from_rank_zero
from graphcl.training.method import EmbedAll, Method
from graphcl.training.stage import Selection


class BestState:
    """Keeps a copy of a method's best state, evaluated every `every` epochs.

    `state` and `restore` carry it over an interruption, as those of `StageRun`.

    Args:
        selection: what scores the module, and how often.
    """

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.epoch, self.score = 0, -math.inf
        self.kept: dict[str, Tensor] = {}

    def evaluate(self, module: Method, epoch: int, embed_all: EmbedAll) -> float:
        """Score the method as it stands; its state is copied if it beats all before, the earlier of equals.

        Of several processes rank 0 scores for all.
        """
        with torch.no_grad():
            score = from_rank_zero(lambda: float(self.selection.score(module, embed_all())))
        if score > self.score:  # NaN never is
            self.epoch, self.score = epoch, score
            self.kept = {name: value.detach().clone() for name, value in module.state_dict().items()}
        return score

    def put_back(self, module: Method) -> None:
        """Give the module its best state; it stays as it is where no score was a number."""
        if self.kept:
            module.load_state_dict(self.kept)

    def state(self) -> dict[str, Any]:
        """What a checkpoint needs."""
        return {"epoch": self.epoch, "score": self.score, "kept": self.kept}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.epoch, self.score, self.kept = state["epoch"], state["score"], state["kept"]

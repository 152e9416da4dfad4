"""Base class of BGRL, G-BT and VICReg: a network with a norm in each layer, trained by AdamW with a warm-up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from torch import nn

from graphcl.encoders.gnn import Norm
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.training import Stage, adamw, warmup_cosine
from graphcl.typing import CountOrZero, NonNegative, Positive, Probability


@dataclass(kw_only=True, eq=False, repr=False)
class NormalisedEmbedder(GNNEmbedder):
    """Hyper-parameters that BGRL, G-BT and VICReg share, and their stage.

    Every layer has an activation of its own. An encoder of one's own keeps what it has.

    Args:
        norm: before the activations of the network: "batch", over the nodes of a view, "layer", of each row by
            itself, or None. In training on samples batch normalisation sees the neighbours too, whose rows lack
            neighbours of their own: "layer" does without.
        norm_momentum: of "batch": the weight of a step's mean and variance in the running ones, which embeddings
            are computed with.
        epochs: passes over the nodes.
        warmup: share of the steps in which the learning rate rises from 0; it then falls to 0 along a cosine.
        lr: greatest learning rate of AdamW.
        weight_decay: of AdamW, decoupled, of all parameters.
    """

    norm: Norm | None = "batch"
    norm_momentum: Probability = 0.01
    epochs: CountOrZero = 1000
    warmup: Probability = 0.1
    lr: Positive = 5e-4
    weight_decay: NonNegative = 1e-5

    def _network_settings(self) -> dict[str, Any]:
        return {"norm": self.norm, "norm_momentum": self.norm_momentum, "separate_activations": True}

    def _stage(
        self,
        name: str,
        parameters: Callable[[Any], Iterable[nn.Parameter]] | None = None,
        *,
        whole_at_end: bool = False,
    ) -> Stage:
        """The one stage, of some of the method's parameters or all; see `warmup_cosine`."""
        optimizers = adamw(self.lr, self.weight_decay, parameters)
        schedule = warmup_cosine(self.warmup, whole_at_end=whole_at_end)
        return Stage(name, self.epochs, optimizers, schedule=schedule, **self._sampling())

"""Base class of self-supervised methods: named losses in `forward`, one embedding per seed in `embed`."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.training.step import Step

EmbedAll = Callable[..., Tensor]
"""Embeds every seed, in order, with the method as it stands, in evaluation mode and without gradients.

Another function of a batch may be given, whose rows are wanted in place of the embeddings.
"""

Layer = Callable[[Data], Tensor]
"""One layer of an encoder: from a batch, whose x are rows of the layer below, to one row for each of its nodes."""


class Method(nn.Module):
    """A self-supervised method: its networks and, in `forward`, its losses.

    Subclasses write `forward` and `embed`; the others have defaults that do nothing. A batch is a PyG `Data`: its
    first `seeds` rows of x (or its `seeds` graphs) are what the step is about, `n_id` says which nodes (or graphs)
    they are. In a sample further rows follow: first the companions that the method asked for, then neighbours; a
    loss reads the rows of seeds and companions alone, since the rows of neighbours lack neighbours of their own.
    """

    figures: ClassVar[tuple[str, ...]] = ()
    """Names among what `forward` returns that are no losses, but stand in the history beside them."""
    joint: Sequence[str] = ()
    """Names of losses that compare the rows of all processes, as `info_nce(across_ranks=True)`: their mean over
    processes is that of all seeds of a step. The others, means over own seeds, are weighed by the loop."""
    skips_parameters: ClassVar[bool] = False
    """Whether some steps of a stage leave parameters out that it trains; several processes have to look then."""

    def prepare(self, data: Data) -> Data:
        """Attach to a copy of the whole graph what depends on it, on the run's device: see `graphcl.attachments`.

        Called in `fit` and again for each graph in `transform`; in training mode it attaches what the losses need,
        in evaluation mode (`self.training` is False) what `embed` needs. It is not called for methods that take
        many graphs: what depends on them is made batch by batch.
        """
        return data

    def companions(self, seeds: Tensor, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """Further nodes whose rows the losses of these seeds need: positives, shared negatives, ends of walks.

        Of sampled batches the next one is prepared while the current one is trained on, in another thread. So read
        only what stays the same during a stage, such as what `prepare` attached or `start` computed: no parameter,
        and nothing that `forward`, `refresh` or `after_step` changes. Draw from the step's generators alone.

        Args:
            seeds: (b,), node numbers.
            step: draw from its generators.

        Returns:
            Node numbers by role, in tensors of any shape. The batch then has their places among its rows under
            `batch.roles`, in the same shapes, and their neighbourhoods are sampled as those of the seeds are.
        """
        return {}

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The named and weighted losses of a batch's seeds, whose sum is minimised, and the figures to watch."""
        raise TypeError(f"{type(self).__name__} must define forward(batch, step) -> dict of losses")

    def embed(self, batch: Data) -> Tensor:  # noqa: ARG002
        """One row per seed of the batch, in the order of the seeds."""
        raise TypeError(f"{type(self).__name__} must define embed(batch) -> tensor")

    @property
    def layers(self) -> Sequence[Layer] | None:
        """The layers that `embed` consists of, for inference one layer at a time; None where they are unknown."""
        return None

    def start(self, step: Step, embed_all: EmbedAll) -> None:
        """Called before a stage, with epoch 0 and index 0: for instance to place cluster centres.

        With several processes, parameters, buffers and extra state are those of rank 0 afterwards.
        """

    def refresh(self, step: Step, embed_all: EmbedAll) -> bool | None:
        """Called before every step: for instance to renew global targets when `step.index == 0`.

        What it renews belongs in a buffer or in torch's `get_extra_state`, so that a checkpoint has it.

        Returns:
            Whether anything was renewed: it is then sent from rank 0 to the other processes.
        """

    def after_step(self, step: Step) -> None:
        """Called after every step of the optimisers, without gradients: momentum targets, repair of centres."""

    def choices(self, stage: str) -> dict[str, str]:  # noqa: ARG002
        """What the method chose by itself in the stage just run; it joins what the stage cost, in the record."""
        return {}

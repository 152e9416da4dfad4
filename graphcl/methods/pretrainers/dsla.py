"""D-SLA: discriminate a graph from its edited copies, with embedding distances proportional to edit distances."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch_geometric.data import Data

from graphcl.augment import EditCandidates
from graphcl.augment.edits.budgets import Mode
from graphcl.graph_collection import Graphs
from graphcl.methods.bases.domains import DOMAINS
from graphcl.methods.bases.dsla_module import DiscrepancyModule
from graphcl.methods.bases.graph_encoder import GraphPretrainer
from graphcl.methods.bases.view_losses import GraphNegatives
from graphcl.training import Runtime, Step
from graphcl.typing import NonNegative, Positive, Probability


@dataclass(kw_only=True, eq=False, repr=False)
class DSLA(GraphPretrainer):
    """Discrepancy-based self-supervised learning: candidates with a known number of edited edges, three losses.

    At every step each graph gets candidates, see `graphcl.augment.edit_candidates`: itself, three with ever more
    of their edges exchanged, and in molecules and proteins one with most of all its edges exchanged. The losses:
    discriminate the graph from the others; make distances of embeddings proportional to edits; keep candidates
    nearer than other graphs by a margin. The history also has the accuracy of that, the rank
    correlation of distances and edits, the mean distance of candidates, and that between graphs.

    In mode "exact" no edge that was deleted comes back, so that an exchange of p edges is 2 p edits. The published
    code lets some come back and counts p in molecules, 2 p in proteins: mode "reference". In social graphs it
    exchanges p single directions and counts 2 p; the same share of whole edges is half as many here. `edit_weight`
    is meant for distances as published; the loss goes with 1 / distance^2, so that it is taken four times in
    molecules and a quarter in social graphs, where the exact distances are twice and half as large.

    A graph that has no other, such as a complete one, has no candidates: it takes part in no loss but the margin.
    The published code leaves complete social graphs out beforehand.

    Args:
        mode: "exact" or "reference".
        rate: share of the edges near the centre that the first candidate exchanges; candidate i takes i times as
            many. None takes the domain's: 0.2; in social graphs 0.01.
        mask: share of the nodes that are masked; None takes the domain's: 0.8; 0.2 in social graphs. Proteins have
            no masks.
        edit_weight: of the loss on distances and edits.
        margin_weight: of the margin to other graphs.
        margin: None takes the domain's: 5 for molecules, 10 for proteins; in social graphs there is no such loss.
        negatives: which other graphs the margin keeps apart: "all", as published; "distinct", those that colour
            refinement can tell apart, see `EqualGraphs` of `graphcl.methods.bases.contrast_groups`; or a function
            of the batch that groups its graphs, of which the weight is not read. None is "all"; without a margin
            there is no other.

    Attributes:
        embedding_: (graphs, channels), means over nodes.
        encoder_: the trained encoder; that of molecules has the parameter names of pretrain-gnns.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = DSLA(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'apart', 'discrimination'])

    Reference: [Kim, Baek, Hwang, "Graph Self-supervised Learning with Accurate Discrepancy Learning", NeurIPS
    2022, arXiv 2202.02989]. Where paper and code differ this follows the code, which takes means for sums.
    """

    name: ClassVar[str] = "dsla"
    revision: ClassVar[int] = 2

    mode: Mode = "exact"
    rate: Probability | None = None
    mask: Probability | None = None
    edit_weight: NonNegative = 0.7
    margin_weight: NonNegative = 0.5
    margin: Positive | None = None
    negatives: GraphNegatives | None = None

    def diagnose(self, data: Graphs) -> dict[str, float]:
        """The figures of the history on other graphs, held out for instance: with the encoder in evaluation mode.

        Args:
            data: graphs of the domain.

        Returns:
            The losses and the figures of `graphcl.objectives.discrepancy_figures`, means over batches of at most
            1,024 graphs, fewer where they are large, weighted by their sizes; spearman within each.

        Raises:
            NotFittedError: before `fit`.
            ValueError: graphs that cannot be worked on.
        """
        graphs = self._checked_as_fitted(data)
        runtime = Runtime.launch(self.device, self.precision, self.seed)
        module = self.module_.to(runtime.device).eval()
        sums: dict[str, float] = {}
        for index, batch in enumerate(self._batches(module, graphs, runtime).sweep()):
            step = Step("diagnose", 0, index, runtime.generator("diagnose", index))
            with torch.no_grad(), runtime.autocast():
                values = module(batch, step)
            for name, value in values.items():
                sums[name] = sums.get(name, 0.0) + float(value) * batch.seeds / len(graphs)
        return sums

    @property
    def encoder_(self) -> torch.nn.Module:
        """The trained encoder."""
        return self._module().encoder

    def _module(self) -> DiscrepancyModule:
        if not isinstance(module := getattr(self, "module_", None), DiscrepancyModule):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet; call fit first")  # noqa: TRY004
        return module

    def _build(self, data: Data) -> DiscrepancyModule:  # noqa: ARG002
        domain = DOMAINS[self.domain]
        encoder, token = self._encoder()
        rate = domain.rate if self.rate is None else self.rate
        mask = domain.mask if self.mask is None else self.mask
        if mask and token is None:
            raise ValueError(
                f"mask must be 0 in the domain {self.domain!r}, whose encoder has no mask; got {mask}"
            )
        scheme = domain.scheme(self.mode, rate, mask)
        margin = domain.margin if self.margin is None else self.margin
        groups = self._grouping(self.negatives)
        if groups is not None and not (margin and self.margin_weight):
            raise ValueError(
                f"negatives={self.negatives!r} groups graphs for the margin; got margin={self.margin} and "
                f"margin_weight={self.margin_weight} in the domain {self.domain!r}, which is none; give both"
            )
        return DiscrepancyModule(
            encoder,
            self.channels,
            EditCandidates(scheme, new_attributes=domain.new_edges.get(self.mode), mask_token=token),
            edit_weight=self.edit_weight * domain.edit_scale(self.mode),
            margin_weight=0.0 if margin is None else self.margin_weight,
            margin=margin or 0.0,
            margin_candidates=scheme.candidates,
            negatives=groups,
        )

"""SimGRACE: graph-level contrastive learning between an encoder and a copy of it with noise on its parameters."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call
from torch_geometric.data import Data

from graphcl.augment import perturb_parameters
from graphcl.encoders import mean_nodes
from graphcl.methods.bases.contrast_groups import Grouping
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.methods.bases.view_losses import GraphNegatives, graph_contrast
from graphcl.objectives import view_figures
from graphcl.objectives.nt_xent import FIGURES
from graphcl.training import Step
from graphcl.typing import Nodes, NonNegative, Positive

Anchors = Literal["clean", "perturbed"]
"""The rows whose own partner is sought among all rows of the other encoder."""


class SimGRACEModule(GraphEncoderModule):
    """NT-Xent between a graph's projections by the encoder and by its perturbed copy, which gets no gradient.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
        eta: strength of the noise, see `graphcl.augment.perturb_parameters`.
        temperature: of the loss.
        anchors: the rows that the loss has a softmax for: "clean", of the encoder, or "perturbed", of the copy.
        negatives: as of `GraphEncoderModule`.
    """

    figures: ClassVar[tuple[str, ...]] = FIGURES

    def __init__(
        self,
        encoder: nn.Module,
        channels: int,
        *,
        eta: float,
        temperature: float,
        anchors: Anchors = "clean",
        negatives: Grouping | None = None,
    ) -> None:
        super().__init__(encoder, negatives=negatives)
        self.project = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, channels))
        self.eta, self.loss, self.anchors = eta, graph_contrast(None, temperature), anchors

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The loss with noise drawn anew, the same in all processes, and the figures of `view_figures`."""
        clean = self.compared(self.rows(batch), batch)
        with torch.no_grad():
            noisy = self.compared(self.perturbed_rows(batch, step.shared_generator or step.generator), batch)
        u, v = (clean, noisy) if self.anchors == "clean" else (noisy, clean)
        return {"contrast": self.loss(u, v, **self.grouped(batch)), **view_figures(u, v)}

    @torch.no_grad()
    def perturbed_rows(self, batch: Data, generator: torch.Generator) -> Nodes:
        """The rows of a copy of the encoder with noise on its parameters; its running statistics are its own."""
        state = perturb_parameters(dict(self.encoder.named_parameters()), self.eta, generator=generator)
        buffers = {name: buffer.clone() for name, buffer in self.encoder.named_buffers()}
        inputs = (batch.x, batch.edge_index, batch.get("edge_attr"))
        z: Tensor = functional_call(self.encoder, {**state, **buffers}, inputs)
        return z

    def compared(self, rows: Nodes, batch: Data) -> Float[Tensor, "graphs d"]:
        """The projected mean of each graph's rows."""
        z: Tensor = self.project(mean_nodes(rows, batch.batch, len(batch.ptr) - 1))
        return z


@dataclass(kw_only=True, eq=False, repr=False)
class SimGRACE(GraphPretrainer):
    """Graph contrastive learning without augmentations: NT-Xent between an encoder and a copy with noisy weights.

    At every step each parameter tensor W of a copy of the encoder gets Gaussian noise by its own spread,

        W' = W + eta std(W) e,    e standard normal,

    and each graph's projections by the encoder (u) and by the copy (v) are compared by
    `graphcl.objectives.nt_xent`: with c_ij the cosine of u_i and v_j,

        L = mean over graphs i of ( log sum_{j != i} exp(c_ij / t) - c_ii / t ).

    The copy passes no gradient on, and its head, two linear layers that are left out afterwards, has no noise. A
    step costs two passes of the encoder and one backward pass, and no graph is changed. The history also has the
    share of graphs whose own projection is the nearest, and the mean cosines of one graph's projections
    (`positive`) and of different graphs' (`negative`; near 1 where all graphs have become alike).

    As in the published code, tensors whose entries are all equal get no noise, such as the scales and shifts of
    batch normalisation at the start, and the copy has running statistics of its own. Four things differ. A tensor
    of a single entry gets no noise either, where that code has NaN. A batch of one graph, which has no negatives,
    gives the loss 0, not minus infinity. Graphs are shuffled anew in every epoch. For the TU sets the encoder is
    the domain's, a GCN whose rows are averaged, where theirs is a GIN on graphs with self loops whose five layers
    are summed over the nodes and put side by side; for molecules it is theirs. The paper's adversarial variant is
    in neither.

    Args:
        eta: strength of the noise.
        temperature: of the loss.
        anchors: what the loss has a softmax for: "clean", projections by the encoder, as in the authors' code for
            molecules, or "perturbed", those by the copy, as in their code for the TU sets.
        negatives: "all", as published; "distinct", where graphs of a batch that colour refinement cannot tell
            apart are no negatives of one another, see `EqualGraphs` of `graphcl.methods.bases.contrast_groups`; or
            a function of the batch that groups its graphs, or "my_module:my_groups". None is "all".

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = SimGRACE(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'contrast', 'epoch'])

    Reference: [Xia, Wu, Chen, Hu, Li, "SimGRACE: A Simple Framework for Graph Contrastive Learning without Data
    Augmentation", WWW 2022, arXiv 2202.03104], and transfer_learning/chem and unsupervised_TU of
    github.com/junxia97/SimGRACE at badf371.
    """

    name: ClassVar[str] = "simgrace"

    eta: NonNegative = 0.1
    temperature: Positive = 0.1
    anchors: Anchors = "clean"
    negatives: GraphNegatives | None = None

    def _build(self, data: Data) -> SimGRACEModule:  # noqa: ARG002
        settings = {**self._settings_for(SimGRACEModule), "negatives": self._grouping(self.negatives)}
        return SimGRACEModule(self._encoder()[0], self.channels, **settings)

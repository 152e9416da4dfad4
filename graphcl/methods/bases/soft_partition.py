"""Module of DMoN, MinCut, Neuromap and DGCluster: an encoder, a clustering head, a quality of soft partitions."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.heads import AssignmentHead
from graphcl.methods.bases.gnn import EncoderModule
from graphcl.methods.bases.running_sums import RunningSums
from graphcl.objectives.partition_quality import LinkShares, PartitionSums, link_shares, partition_sums
from graphcl.ops.machine.distributed import sum_over_ranks
from graphcl.ops.random_walks.link_draws import LinkDraws
from graphcl.training import Step
from graphcl.training.batching.rank_seeds import joint_seeds

Losses = Callable[[PartitionSums, LinkShares], dict[str, Tensor]]
"""The named and weighted losses of a partition, of its sums and the whole graph's link shares."""

LINKED = "linked"
"""Role of the companions: for each seed one node that it is linked to."""


class SoftPartition(EncoderModule):
    """Trains any encoder with any clustering head on any quality of soft partitions; no label is read.

    On the whole graph the sums that the losses are functions of are exact, in O(e k). On samples they are
    estimated: those over nodes from the seeds, and the share of links within clusters from one neighbour of each
    seed, drawn in proportion to the links' weights, whose own neighbourhood is sampled as the seeds' are. Each
    estimate is unbiased for rows that are, and `RunningSums` averages it over steps, because the losses are not
    linear in the sums.

    Args:
        encoder: (x, edge_index) to one row per node.
        head: from those rows to a soft assignment.
        losses: see `Losses`.
        links: from (edge_index, num_nodes, edge_weight, dtype=) to the shares of links that the losses are about.
        gram: whether the losses read C'C, which costs n k^2.
        sampled: whether steps may be samples, so that running sums are kept.
    """

    def __init__(
        self,
        encoder: nn.Module,
        head: AssignmentHead,
        losses: Losses,
        *,
        links: Callable[..., LinkShares] = link_shares,
        gram: bool = False,
        sampled: bool = False,
    ) -> None:
        super().__init__(encoder)
        self.head, self.losses, self.links, self.gram = head, losses, links, gram
        self.running = RunningSums(head.n_clusters, gram=gram) if sampled else None

    def __getstate__(self) -> dict[str, object]:
        """What a copy has: all but the links of the graph of the training, as of `prepare`."""
        return {name: value for name, value in vars(self).items() if name not in {"shares", "draws"}}

    def prepare(self, data: Data) -> Data:
        """Compute, for training alone, the shares of the whole graph's links."""
        if self.training:
            dtype = next(self.encoder.parameters(), torch.empty(0)).dtype
            self.shares = self.links(data.edge_index, data.x.size(0), data.get("edge_weight"), dtype=dtype)
            self.draws = LinkDraws(self.shares.matrix) if self.running else None
        return data

    def companions(self, seeds: Tensor, step: Step) -> dict[str, Tensor]:
        """One neighbour of each seed; none where the seeds are all nodes, so that the sums are exact."""
        if self.draws is None or len(seeds) == len(self.shares.out):
            return {}
        return {LINKED: self.draws.draw(seeds, step.generator)}

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The losses of the partition of the whole graph, or their estimates from the samples of all processes."""
        assign = self.head.assign(self.rows(batch)[: batch.asked])
        if self.running is None or LINKED not in batch.roles:
            return self.losses(partition_sums(assign, self.shares, gram=self.gram), self.shares)
        sums = self._estimated(assign, batch)
        if step.world > 1:
            share = batch.seeds / joint_seeds(batch)
            sums = sums.changed(lambda _, value: sum_over_ranks(share * value))
        losses = self.losses(self.running(sums), self.shares)
        self.joint = tuple(losses)
        return losses

    def _estimated(self, assign: Tensor, batch: Data) -> PartitionSums:
        """The sums over all nodes, each estimated without bias from the seeds and their drawn neighbours."""
        nodes, chosen = len(self.shares.out), batch.n_id[: batch.seeds]
        own, linked = assign[: batch.seeds], assign.index_select(0, batch.roles[LINKED])
        factor = nodes / batch.seeds
        out, into = factor * self.shares.out[chosen], factor * self.shares.into[chosen]
        share = (out + into) / 2
        return PartitionSums(
            share @ (own * linked),
            out @ own,
            into @ own,
            share @ own.square().sum(1),
            own.mean(0),
            own.T @ own / batch.seeds if self.gram else None,
        )

"""Interface of the clustering heads that are trained with an encoder: from embeddings to soft assignments."""

from jaxtyping import Float
from torch import Tensor, nn

from graphcl.typing import Nodes


class AssignmentHead(nn.Module):
    """Base class of trainable clustering heads: any encoder's rows to a soft assignment of k columns.

    A head writes `forward`, from rows to log-probabilities, and `n_clusters`; one whose assignment has no
    logarithm, because entries are 0, writes `assign` too. `graphcl.methods.bases.soft_partition.SoftPartition`
    trains any encoder with any such head on any quality of `graphcl.objectives.partition_quality`.

    Example:
        >>> from graphcl.heads import SoftmaxHead, StudentHead
        >>> isinstance(StudentHead(3, 2), AssignmentHead), SoftmaxHead(3, 2).n_clusters
        (True, 3)
    """

    @property
    def n_clusters(self) -> int:
        """The number of columns of the assignment, k."""
        raise TypeError(f"{type(self).__name__} must define n_clusters")

    def assign(self, z: Nodes) -> Float[Tensor, "n k"]:
        """Soft assignment of rows, not negative; rows sum to 1 unless the head says otherwise.

        Args:
            z: (n, d), embeddings.

        Returns:
            (n, k), in float32 or wider.
        """
        soft: Tensor = self(z).exp()
        return soft

"""Nystrom map of the Gaussian (RBF) kernel: features whose inner products approximate it."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.cluster_sums import ENTRIES
from graphcl.typing import Nodes

LANDMARKS = 512
"""Rows that the kernel is expanded in, at most."""

ENTRIES_OF_MAP = 2**28
"""Entries of the mapped features, 1 GiB: beyond half a million nodes there are fewer landmarks."""

FEWEST = 32
"""Landmarks of the largest graphs."""

CUT = 1e-6
"""Eigenvalues of the landmarks' kernel matrix up to this share of the largest are dropped."""


class NystromMap(NamedTuple):
    """Nystrom features of the kernel exp(-|a - b|^2 / width): K(z, L) V W^(-1/2) with K(L, L) = V W V'.

    Args:
        landmarks: L, rows of the features it was made from.
        whitening: V W^(-1/2), without the smallest eigenvalues.
        width: of the kernel, positive.

    Reference: [Williams, Seeger, NIPS 2000].
    """

    landmarks: Float[Tensor, "m d"]
    whitening: Float[Tensor, "m r"]
    width: float

    @classmethod
    def of(cls, landmarks: Nodes, width: float) -> "NystromMap":
        """The map of a kernel with given landmarks; eigenvectors in float64.

        Args:
            landmarks: (m, d), m at least 1.
            width: of the kernel, positive; for instance `mean_squared_distance(landmarks)`.

        Example:
            >>> z = torch.tensor([[0.0], [1.0], [2.0]])
            >>> phi = NystromMap.of(z, width=2.0)(z)
            >>> torch.allclose(phi @ phi.T, torch.exp(-((z - z.T) ** 2) / 2))
            True
        """
        weights, vectors = torch.linalg.eigh(_kernel(landmarks.double(), landmarks.double(), width))
        kept = weights > CUT * weights[-1]
        whitening = vectors[:, kept] / weights[kept].sqrt()
        return cls(landmarks, whitening.to(landmarks.dtype), width)

    def __call__(self, z: Nodes) -> Float[Tensor, "n r"]:
        """Nystrom features of rows, blockwise."""
        parts = z.split(max(ENTRIES // len(self.landmarks), 1))
        return torch.cat([_kernel(part, self.landmarks, self.width) @ self.whitening for part in parts])


def draw_landmarks(z: Nodes, generator: torch.Generator | None = None) -> Float[Tensor, "m d"]:
    """At most 512 rows at random, without replacement; of n rows at most 2^28 / n, but at least 32.

    Args:
        z: (n, d).
        generator: of the draw, on the CPU.

    Example:
        >>> draw_landmarks(torch.rand(600, 2)).shape
        torch.Size([512, 2])
    """
    most = min(LANDMARKS, max(ENTRIES_OF_MAP // len(z), FEWEST))
    return z[torch.randperm(len(z), generator=generator)[:most].to(z.device)]


def mean_squared_distance(z: Nodes) -> float:
    """Mean of |z_i - z_j|^2 over pairs of rows i != j, in float64; 0 for a single row.

    Example:
        >>> mean_squared_distance(torch.tensor([[0.0], [1.0], [3.0]]))  # (1 + 9 + 4) / 3
        4.666666666666667
    """
    rows = z.double() - z.double().mean(0)
    return float(2 * rows.square().sum() / max(len(z) - 1, 1))


def _kernel(a: Tensor, b: Tensor, width: float) -> Tensor:
    """exp(-|a_i - b_j|^2 / width)."""
    lengths = a.square().sum(1, keepdim=True) + b.square().sum(1)
    distance: Tensor = torch.addmm(lengths, a, b.T, alpha=-2).clamp_(min=0)
    return distance.div_(-width).exp_()

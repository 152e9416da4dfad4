"""Choice of how k-means is computed, by the size of the problem."""

from typing import Literal

import torch

Algorithm = Literal["whole", "blocks", "mini-batch"]
"""All rows at once; Lloyd's algorithm on blocks of them; or mini-batches."""

WHOLE_ENTRIES = 2**28
"""Most entries, n d, of rows clustered as a whole on the CPU: scikit-learn copies them, 1 GB in float32."""

BLOCK_PRODUCTS = 2**37
"""Most products, n k d, of an iteration of Lloyd's algorithm on blocks: a few seconds on a core or two."""


def choose_kmeans(n: int, d: int, n_clusters: int, device: str | torch.device = "cpu") -> Algorithm:
    """How `kmeans` clusters so many dense rows unless it is told.

    "whole" up to 2^28 entries (n d), a million rows of 268, and on another device than the CPU, whose memory
    already holds the rows; beyond, "blocks" as long as an iteration takes at most 2^37 products (n k d), ten
    million rows of 256 in 53 clusters; beyond, "mini-batch".

    Args:
        n: number of rows.
        d: their width.
        n_clusters: number of clusters, k.
        device: where the rows are.

    Example:
        >>> [choose_kmeans(n, 512, 10) for n in (100_000, 1_000_000, 100_000_000)]
        ['whole', 'blocks', 'mini-batch']
    """
    if torch.device(device).type != "cpu" or n * d <= WHOLE_ENTRIES:
        return "whole"
    return "blocks" if n * n_clusters * d <= BLOCK_PRODUCTS else "mini-batch"

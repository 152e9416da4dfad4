"""The co-purchase, co-author and citation graphs that are one npz file of CSR parts each.

[Shchur et al., arXiv:1811.05868] and [Bojchevski and Günnemann, ICLR 2018, arXiv:1707.03815]; read by
`torch_geometric.datasets.Amazon`, `Coauthor` and `CitationFull`, which set every feature above 0 to 1.
"""

from graphcl.datasets.files.csr import csr_keys
from graphcl.datasets.sources.pyg import PygFiles

_ARRAYS = (*csr_keys("adj"), *csr_keys("attr"), "labels")


def amazon(name: str, *digests: str) -> PygFiles:
    """Goods that are bought together.

    Args:
        name: "Photo" or "Computers".
        *digests: The sha256 digests that are known of its file.

    Returns:
        Its place and its digests.

    Example:
        >>> list(amazon("Photo").digests)
        ['amazon_electronics_photo.npz']
    """
    files = {f"amazon_electronics_{name.lower()}.npz": frozenset(digests)}
    return PygFiles("Amazon", {"name": name}, "amazon", f"{name}/raw", files, _ARRAYS)


def coauthor(name: str, *digests: str) -> PygFiles:
    """Authors who wrote a paper together.

    Args:
        name: "CS" or "Physics".
        *digests: The sha256 digests that are known of its file.

    Returns:
        Its place and its digests.

    Example:
        >>> list(coauthor("Physics").digests)
        ['ms_academic_phy.npz']
    """
    files = {f"ms_academic_{name[:3].lower()}.npz": frozenset(digests)}
    return PygFiles("Coauthor", {"name": name}, "coauthor", f"{name}/raw", files, _ARRAYS)


def citation_full(name: str, *digests: str) -> PygFiles:
    """Papers that cite each other, all there are rather than Planetoid's selection.

    Args:
        name: "cora_ml", "citeseer" or "dblp".
        *digests: The sha256 digests that are known of its file.

    Returns:
        Its place and its digests.

    Example:
        >>> citation_full("cora_ml").folder
        'citation_full/cora_ml/raw'
    """
    files = {f"{name}.npz": frozenset(digests)}
    return PygFiles("CitationFull", {"name": name}, "citation_full", f"{name}/raw", files, _ARRAYS)

"""Amazon co-purchase, Coauthor and CitationFull graphs: one npz file each, with CSR matrices.

[Shchur et al., arXiv:1811.05868] and [Bojchevski and Günnemann, ICLR 2018, arXiv:1707.03815]; read by
`torch_geometric.datasets.Amazon`, `Coauthor` and `CitationFull`, which binarise the
features.
"""

from graphcl.datasets.files.csr import csr_keys
from graphcl.datasets.sources.pyg import PygFiles

_ARRAYS = (*csr_keys("adj"), *csr_keys("attr"), "labels")


def amazon(name: str, *digests: str) -> PygFiles:
    """Source of an Amazon co-purchase graph.

    Args:
        name: "Photo" or "Computers".
        *digests: Known sha256 checksums of its file.

    Returns:
        The file with its known checksums.

    Example:
        >>> list(amazon("Photo").digests)
        ['amazon_electronics_photo.npz']
    """
    files = {f"amazon_electronics_{name.lower()}.npz": frozenset(digests)}
    return PygFiles("Amazon", {"name": name}, "amazon", f"{name}/raw", files, _ARRAYS)


def coauthor(name: str, *digests: str) -> PygFiles:
    """Source of a Coauthor graph.

    Args:
        name: "CS" or "Physics".
        *digests: Known sha256 checksums of its file.

    Returns:
        The file with its known checksums.

    Example:
        >>> list(coauthor("Physics").digests)
        ['ms_academic_phy.npz']
    """
    files = {f"ms_academic_{name[:3].lower()}.npz": frozenset(digests)}
    return PygFiles("Coauthor", {"name": name}, "coauthor", f"{name}/raw", files, _ARRAYS)


def citation_full(name: str, *digests: str) -> PygFiles:
    """Source of a CitationFull graph: the full citation network, of which Planetoid has a subset.

    Args:
        name: "cora_ml", "citeseer" or "dblp".
        *digests: Known sha256 checksums of its file.

    Returns:
        The file with its known checksums.

    Example:
        >>> citation_full("cora_ml").folder
        'citation_full/cora_ml/raw'
    """
    files = {f"{name}.npz": frozenset(digests)}
    return PygFiles("CitationFull", {"name": name}, "citation_full", f"{name}/raw", files, _ARRAYS)

"""Link property prediction of OGB: a decoder on frozen rows, chosen on the official validation links."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from graphcl.evaluation.links.decoders import HIDDEN, MOST_PAIRS, PENALTIES, PairScorer, dot_scorer, fit_decoder
from graphcl.evaluation.links.non_edges import NonEdges
from graphcl.evaluation.links.split import LinkSplit
from graphcl.evaluation.ogb.official import ogb_link_score, ogb_metric
from graphcl.evaluation.ogb.result import OgbResult, Setting

OGB_DECODERS: dict[str, tuple[Setting, ...]] = {"decoder": ("dot", "mlp"), "decoder_penalty": PENALTIES}
"""Settings of the decoder that are tried."""

LINKS = ("train", "val", "val_negative", "test", "test_negative")


def ogb_links(
    name: str, z: Tensor, links: Mapping[str, Tensor], *, z_test: Tensor | None = None, seed: int = 0
) -> OgbResult:
    """Hits@K of frozen node rows on official links, by the dot product or an MLP on Hadamard products.

    The MLP is that of `fit_decoder`: fitted on training edges against as many uniform pairs that are no training
    edges, its penalty chosen by average precision on the validation links. Of the two decoders the one with the
    better official score on validation is taken, the dot product in a tie. Test links are scored once.

    Args:
        name: of the dataset, as "ogbl-collab".
        z: (n, d), rows of the nodes, made with training edges alone.
        links: (2, m) pairs "train", "val", "val_negative", "test" and "test_negative".
        z_test: rows that test links are scored with, made with validation edges as further input, where the
            board's rule allows it, as for ogbl-collab; None takes z.
        seed: of negatives and decoder.

    Raises:
        ModuleNotFoundError: ogb is not installed.
        ValueError: links that are missing or not among the rows, or rows that are not finite.

    Example:
        >>> ring = torch.stack([torch.arange(60), (torch.arange(60) + 1) % 60])
        >>> far = torch.stack([torch.arange(60), (torch.arange(60) + 30) % 60])
        >>> links = {"train": ring[:, ::2], "val": ring[:, 1:30:2], "test": ring[:, 31::2]}
        >>> links |= {"val_negative": far, "test_negative": far}
        >>> ogb_links("ogbl-collab", torch.eye(60) + torch.eye(60).roll(1, 0), links).test
        1.0
    """
    _check(name, z, links, z_test)
    n = len(z)
    train = links["train"].cpu().long()
    split = LinkSplit(
        all_edges=train,
        held_out=torch.zeros(train.size(1), dtype=torch.bool),
        train=train.sort(dim=0).values,
        val=links["val"].cpu().long(),
        test=links["test"].cpu().long(),
        graph=torch.zeros(n, dtype=torch.long),
    )
    wanted = torch.tensor([min(MOST_PAIRS, train.size(1))])
    negative = NonEdges(train, split.graph).draw(wanted, torch.Generator().manual_seed(seed))
    val_negative = links["val_negative"].cpu().long()
    fitted = fit_decoder(z, split, {"train": negative, "val": val_negative}, seed=seed)
    makers: dict[str, Callable[[Tensor], PairScorer]] = {"dot": dot_scorer, "mlp": fitted.on}
    val = {kind: ogb_link_score(name, make(z)(split.val), make(z)(val_negative)) for kind, make in makers.items()}
    kind = max(val, key=lambda each: val[each])
    scorer = makers[kind](z if z_test is None else z_test)
    test = ogb_link_score(name, scorer(split.test), scorer(links["test_negative"].cpu().long()))
    size = (z.size(1) + 1) * HIDDEN + HIDDEN + 1 if kind == "mlp" else 0
    chosen: dict[str, Setting] = {"decoder": kind}
    if kind == "mlp":
        chosen["decoder_penalty"] = fitted.setting
    return OgbResult(ogb_metric(name), val[kind], test, chosen, size)


def _check(name: str, z: Tensor, links: Mapping[str, Tensor], z_test: Tensor | None) -> None:
    if z.dim() != 2 or (z_test is not None and z_test.shape != z.shape):
        shapes = [list(z.shape), *([] if z_test is None else [list(z_test.shape)])]
        raise ValueError(f"{name}: rows must be one for each node, equally wide; got {shapes}")
    for part in LINKS:
        if part not in links or not links[part].numel():
            raise ValueError(f"{name} has no {part} links; load it with its official split")
        pairs = links[part]
        if pairs.dim() != 2 or len(pairs) != 2:
            raise ValueError(f"{name}: {part} links must be (2, m); got {list(pairs.shape)}")
        if not 0 <= int(pairs.min()) <= int(pairs.max()) < len(z):
            got = f"{int(pairs.min())} to {int(pairs.max())}"
            raise ValueError(f"{name}: {part} links must lie in [0, {len(z)}), the rows of z; got {got}")

"""Figures of a contrast in the history, every some epochs: computed beside the losses, which do not change."""

from torch import Tensor

from graphcl.objectives import effective_rank, kept_share, pair_figures, view_spectrum
from graphcl.objectives.pair_figures import PAIR_FIGURES
from graphcl.training import Step
from graphcl.typing import Nodes

CONTRAST_FIGURES = (*PAIR_FIGURES, "effective_rank", "kept_directions", "kept_share")
"""The keys of `contrast_figures`."""


def contrast_figures(
    u: Nodes, v: Nodes, step: Step, *, temperature: float, every: int | None
) -> dict[str, Tensor]:
    """The figures of two views' rows in the epochs that are asked for; nothing in the others.

    Args:
        u: rows of the first view, as the loss compares them.
        v: rows of the second view.
        step: the first epoch counts, every `every`-th after it, and the last.
        temperature: of the coupling.
        every: in epochs; None for none at all.

    Returns:
        Those of `pair_figures`; `effective_rank`; `kept_directions`, the sum of `view_spectrum`; and `kept_share`.
        Nothing for rows that are no longer finite, whose loss says so.

    Example:
        >>> import torch
        >>> u, step = torch.eye(3), Step("contrast", 0, 0, torch.Generator())
        >>> tuple(contrast_figures(u, u, step, temperature=0.5, every=10)) == CONTRAST_FIGURES
        True
        >>> contrast_figures(u, u, step, temperature=0.5, every=None)
        {}
    """
    if every is None or (step.epoch % every and step.epoch + 1 < step.epochs):
        return {}
    u, v = u.detach(), v.detach()
    if not bool((u.isfinite() & v.isfinite()).all()):
        return {}
    return {
        **pair_figures(u, v, temperature=temperature),
        "effective_rank": effective_rank(u, v),
        "kept_directions": view_spectrum(u, v).sum(),
        "kept_share": kept_share(u, v),
    }

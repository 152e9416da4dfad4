"""Swapped prediction of prototypes: the assignment by one view predicts that by the other."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32, full_precision

Scores = Float[Tensor, "n k"]
"""Of each row for each prototype: cosines, for instance."""


def swapped_prediction(
    s1: Scores,
    s2: Scores,
    t1: Scores,
    t2: Scores,
    centre: Float[Tensor, " k"],
    *,
    student: float = 0.1,
    teacher: float = 0.07,
) -> Float[Tensor, ""]:
    """Cross-entropy between a teacher's assignments of one view and a student's of the other, in O(n k).

    With q = softmax(S / student) and r = softmax((T - m) / teacher), m the centre:

        L = 1/2 mean_i ( H(r_i^2, q_i^1) + H(r_i^1, q_i^2) )

    The centre keeps one prototype from taking all rows, the lower temperature of the teacher keeps its assignments
    from becoming uniform. There are no negatives and no pairs.

    Args:
        s1: the student's scores of the first view, (n, k).
        s2: those of the second view.
        t1: the teacher's scores of the first view; no gradient reaches them.
        t2: those of the second view.
        centre: m, (k,), see `next_centre`.
        student: its temperature, positive.
        teacher: its temperature, positive; below that of the student.

    Returns:
        A scalar in float32 at least; log k where all scores of a student are equal, 0 where both are certain and
        agree. Gradients reach s1 and s2.

    Raises:
        ValueError: scores of different shapes, or a temperature that is not positive.

    Example:
        >>> s = torch.zeros(3, 4)
        >>> swapped_prediction(s, s, s, s, torch.zeros(4))  # log 4
        tensor(1.3863)

    Reference: the grouping loss of [Wen et al., "Self-Supervised Visual Representation Learning with Semantic
    Grouping" (SlotCon), NeurIPS 2022, arXiv 2205.15288], as in github.com/CVMI-Lab/SlotCon at 30ff33d; without its
    second term, a contrast of slots.
    """
    shapes = {tuple(scores.shape) for scores in (s1, s2, t1, t2)}
    if len(shapes) > 1 or len(centre) != s1.size(1):
        got = f"{', '.join(map(str, sorted(shapes)))} with a centre of {len(centre)}"
        raise ValueError(f"scores must be of the same rows and prototypes; got {got}")
    for name, temperature in (("student", student), ("teacher", teacher)):
        if not temperature > 0:
            raise ValueError(f"{name} must be a positive temperature; got {temperature}")
    with full_precision(s1):
        first, second = (teacher_assignments(t, centre, temperature=teacher) for t in (t1, t2))
        terms = [
            -(target * torch.log_softmax(at_least_float32(scores) / student, dim=1)).sum(1).mean()
            for target, scores in ((second, s1), (first, s2))
        ]
    return torch.stack(terms).mean()


@torch.no_grad()
def teacher_assignments(scores: Scores, centre: Float[Tensor, " k"], *, temperature: float) -> Scores:
    """The teacher's soft assignments softmax((T - m) / temperature), in float32 at least, without gradients.

    Args:
        scores: T, (n, k).
        centre: m, (k,).
        temperature: positive.

    Example:
        >>> teacher_assignments(torch.tensor([[0.3, 0.3]]), torch.tensor([0.0, 0.0]), temperature=0.1)
        tensor([[0.5000, 0.5000]])
    """
    with full_precision(scores):
        return torch.softmax((at_least_float32(scores) - centre) / temperature, dim=1)


@torch.no_grad()
def next_centre(
    centre: Float[Tensor, " k"], t1: Scores, t2: Scores, *, momentum: float = 0.9
) -> Float[Tensor, " k"]:
    """The moving average of the teacher's mean scores over both views: momentum m + (1 - momentum) mean.

    Args:
        centre: m, (k,).
        t1: the teacher's scores of the first view, (n, k).
        t2: those of the second view.
        momentum: in [0, 1].

    Example:
        >>> next_centre(torch.zeros(2), torch.eye(2), torch.eye(2), momentum=0.9)
        tensor([0.0500, 0.0500])
    """
    mean = (at_least_float32(t1).mean(0) + at_least_float32(t2).mean(0)) / 2
    return momentum * centre + (1 - momentum) * mean


@torch.no_grad()
def used_prototypes(assign: Scores) -> Float[Tensor, ""]:
    """How many prototypes are used: exp of the entropy of the mean assignment, in [1, k]; 1 after a collapse.

    Args:
        assign: soft assignments, (n, k).

    Example:
        >>> used_prototypes(torch.eye(3)), used_prototypes(torch.eye(3)[:1])
        (tensor(3.), tensor(1.))
    """
    mean = assign.mean(0)
    return torch.exp(-torch.xlogy(mean, mean).sum())

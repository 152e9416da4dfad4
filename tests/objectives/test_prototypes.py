"""Swapped prediction: a loop, closed forms, permutations of prototypes, gradients, degenerate input."""

import math

import pytest
import torch
from torch.autograd import gradcheck

from graphcl.objectives import next_centre, swapped_prediction, teacher_assignments, used_prototypes


def scores(n: int = 6, k: int = 3, seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return list(torch.rand(4, n, k, dtype=torch.float64, generator=generator).unbind())


CENTRE = torch.tensor([0.1, -0.2, 0.05], dtype=torch.float64)


def test_a_loop_agrees():
    s1, s2, t1, t2 = (part.tolist() for part in scores())

    def softmax(row: list[float], temperature: float) -> list[float]:
        terms = [math.exp(value / temperature) for value in row]
        return [term / sum(terms) for term in terms]

    total = 0.0
    for student, teacher in ((s1, t2), (s2, t1)):
        for own, other in zip(student, teacher, strict=True):
            target = softmax([value - m for value, m in zip(other, CENTRE.tolist(), strict=True)], 0.07)
            guess = softmax(own, 0.1)
            total -= sum(r * math.log(q) for r, q in zip(target, guess, strict=True))
    loss = swapped_prediction(*scores(), CENTRE)
    assert loss.item() == pytest.approx(total / 2 / 6, abs=1e-12)


def test_closed_forms():
    zeros, none = torch.zeros(5, 4), torch.zeros(4)
    assert swapped_prediction(zeros, zeros, zeros, zeros, none).item() == pytest.approx(math.log(4))
    sure = 100 * torch.eye(4)
    assert swapped_prediction(sure, sure, sure, sure, none).item() == pytest.approx(0.0, abs=1e-6)
    assert used_prototypes(torch.full((5, 4), 0.25)).item() == pytest.approx(4.0)
    assert used_prototypes(torch.eye(4)[[0, 0, 0]]).item() == 1.0


def test_the_number_of_a_prototype_does_not_matter():
    order = torch.tensor([2, 0, 1])
    exchanged = swapped_prediction(*(part[:, order] for part in scores()), CENTRE[order])
    torch.testing.assert_close(exchanged, swapped_prediction(*scores(), CENTRE))


def test_gradients_reach_the_student_alone():
    s1, s2, t1, t2 = (part.requires_grad_() for part in scores())
    assert gradcheck(lambda s1, s2: swapped_prediction(s1, s2, t1, t2, CENTRE), (s1, s2))
    swapped_prediction(s1, s2, t1, t2, CENTRE).backward()
    assert t1.grad is None
    assert t2.grad is None


def test_the_centre_follows_the_mean_scores():
    """A constant added to a prototype's scores is taken away again, after enough steps."""
    _, _, t1, t2 = scores()
    centre = torch.zeros(3, dtype=torch.float64)
    for _ in range(300):
        centre = next_centre(centre, t1 + torch.tensor([5.0, 0, 0]), t2 + torch.tensor([5.0, 0, 0]))
    mean = (t1.mean(0) + t2.mean(0)) / 2
    torch.testing.assert_close(centre, mean + torch.tensor([5.0, 0, 0]))
    assign = teacher_assignments(t1 + torch.tensor([5.0, 0, 0]), centre, temperature=0.07)
    torch.testing.assert_close(assign, teacher_assignments(t1, mean, temperature=0.07))


@pytest.mark.parametrize("size", [0.0, 1e-6, 1e6])
def test_scores_of_any_size_and_half_precision(size):
    assert torch.isfinite(swapped_prediction(*((size * part).float() for part in scores(1)), CENTRE.float()))
    half = swapped_prediction(*(part.bfloat16() for part in scores(40)), CENTRE.bfloat16())
    assert half.dtype == torch.float32
    assert half.item() == pytest.approx(swapped_prediction(*scores(40), CENTRE).item(), abs=0.03)


def test_bad_input():
    s1, s2, t1, t2 = scores()
    plain = swapped_prediction.__wrapped__
    with pytest.raises(ValueError, match=r"same rows and prototypes; got \(5, 3\), \(6, 3\) with a centre of 3"):
        plain(s1, s2, t1[:5], t2, CENTRE)
    with pytest.raises(ValueError, match=r"same rows and prototypes; got .* with a centre of 2"):
        plain(s1, s2, t1, t2, CENTRE[:2])
    with pytest.raises(ValueError, match=r"teacher must be a positive temperature; got 0\.0"):
        plain(s1, s2, t1, t2, CENTRE, teacher=0.0)

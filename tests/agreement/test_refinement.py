"""A round of refinement against its definition step by step."""

import torch
from sklearn.linear_model import Ridge

from graphcl.agreement import CrossFittedRidge, Refinement, Solution
from graphcl.agreement.ridge import RIDGE
from graphcl.datasets import load
from graphcl.encoders import normalized_adjacency
from graphcl.ops.graph_matrices.sparse import from_scipy


def round_by_definition(z: torch.Tensor, S: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    size = labels.bincount(minlength=k).double()
    y = torch.nn.functional.one_hot(labels, k) * (size.clamp(min=1) / size.mean()) ** -0.25
    centred = z - z.mean(0)
    alpha = RIDGE * torch.linalg.eigvalsh(centred.T @ centred).mean().item()
    start = torch.from_numpy(Ridge(alpha=alpha).fit(z.numpy(), y.numpy()).predict(z.numpy()))
    out = start
    for _ in range(10):
        out = 0.85 * S @ out + 0.15 * start
    return out


def test_a_round_by_definition(blocks, labelings):
    z = blocks.x.double()
    S = normalized_adjacency(blocks.edge_index, 120)
    ridge = CrossFittedRidge(z, torch.Generator().manual_seed(0))
    refinement = Refinement(ridge, from_scipy(S, torch.float64))
    solution = refinement.solve(*ridge.sums(labelings, 4))
    assert isinstance(solution, Solution)
    for labels, scores, found in zip(
        labelings, refinement.scores(solution), refinement.labels(solution), strict=True
    ):
        expected = round_by_definition(z, torch.from_numpy(S.toarray()), labels, 4)
        torch.testing.assert_close(scores.T, expected)
        highest, best = expected.max(1)
        changed = found != best
        assert changed.sum() == 3 * (4 - len(best.unique()))  # a tenth of a mean cluster for each empty one
        assert len(found.unique()) == 4
        kept = best.bincount(minlength=4)[best] > 3
        assert not changed.any() or highest[changed].max() <= highest[kept & ~changed].min()


def test_rounds_mend_a_labeling():
    blocks = load("planted-partition", nodes=120, blocks=3, degree_in=8.0, degree_out=2.0, signal=2.0).graph
    ridge = CrossFittedRidge(blocks.x, torch.Generator().manual_seed(0))
    smoother = from_scipy(normalized_adjacency(blocks.edge_index, 120), narrow=True)
    refinement = Refinement(ridge, smoother)
    labels = blocks.y.clone()
    labels[:30] = labels[:30].roll(1)
    wrong = (labels != blocks.y).sum()
    mended = refinement.labels(refinement.solve(*ridge.sums(labels[None], 3)))[0]
    assert wrong > 15
    assert (mended != blocks.y).sum() < wrong / 4

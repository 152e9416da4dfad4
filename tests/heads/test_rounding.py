"""Rounding of orthonormal columns against its loop, and rules for their signs."""

import torch

from graphcl.heads.rounding import householder_signs, largest_entries_positive, round_to_clusters


def columns(n: int = 40, k: int = 4, seed: int = 0) -> torch.Tensor:
    draws = torch.Generator().manual_seed(seed)
    return torch.linalg.qr(torch.randn(n, k, dtype=torch.double, generator=draws)).Q


def loop(q: torch.Tensor, rounds: int) -> list[int]:
    """The alternation node by node."""
    n, k = q.shape
    labels = [max(range(k), key=lambda j: float(q[i, j])) for i in range(n)]
    for _ in range(rounds):
        directions = []
        for c in range(k):
            members = [i for i in range(n) if labels[i] == c]
            directions.append(sum((q[i] for i in members), torch.zeros(k).double()) / max(len(members), 1) ** 0.5)
        labels = [max(range(k), key=lambda c: float(q[i] @ directions[c])) for i in range(n)]
    return labels


def test_by_a_loop_over_nodes():
    for seed in range(3):
        q = columns(seed=seed)
        assert round_to_clusters(q, rounds=0)[0].tolist() == loop(q, 0)
        labels, directions = round_to_clusters(q)
        assert labels.tolist() == loop(q, 100)
        assert labels.tolist() != loop(q, 0)
        assert torch.equal((q @ directions.T).argmax(1), labels)


def test_blocks_are_found_from_their_eigenvectors():
    blocks = torch.arange(3).repeat_interleave(10)
    q = torch.nn.functional.one_hot(blocks).double() / 10**0.5 @ torch.linalg.qr(columns(9, 3)[:3]).Q
    found = round_to_clusters(q * largest_entries_positive(q))[0]
    assert all(found[blocks == block].unique().numel() == 1 for block in range(3))


def test_signs():
    q = columns()
    positive = q * largest_entries_positive(q)
    assert (positive.amax(0) == q.abs().amax(0)).all()
    fixed = q * householder_signs(q)
    assert torch.equal(householder_signs(fixed), torch.ones(4).double())
    flipped = q * torch.tensor([-1.0, 1.0, -1.0, 1.0]).double()
    torch.testing.assert_close(flipped * householder_signs(flipped), fixed)
    assert (fixed[0, 0] < 0).item()
    assert torch.equal(householder_signs(torch.zeros(3, 2)), torch.ones(2))


def test_orthogonal_iteration_ends_in_these_signs_from_any_start():
    basis = columns(30, 30)
    matrix = basis * torch.linspace(30, 1, 30).double().exp2() @ basis.T
    top = basis[:, :3] * householder_signs(basis[:, :3])
    for seed in range(4):
        q = columns(30, 3, seed=seed)
        for _ in range(60):
            q = torch.linalg.qr(matrix @ q).Q
        torch.testing.assert_close(q, top)

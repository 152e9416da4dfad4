"""k-means and the Student-t head against their definitions."""

import pytest
import torch
from scipy.sparse import csr_array
from torch.autograd import gradcheck

from graphcl.heads import StudentHead, kmeans, kmeans_on_sample, nearest_centre
from graphcl.ops.graph_matrices.cluster_sums import cluster_sums
from graphcl.ops.graph_matrices.sparse import from_scipy


def blobs() -> torch.Tensor:
    noise = torch.randn(30, 2, generator=torch.Generator().manual_seed(0))
    return noise + torch.tensor([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]]).repeat_interleave(10, 0)


def test_kmeans_finds_blobs_and_their_means():
    z = blobs()
    labels, centres = kmeans(z, 3)
    assert [len(labels[i : i + 10].unique()) for i in (0, 10, 20)] == [1, 1, 1]
    means = torch.stack([z[labels == k].mean(0) for k in range(3)])
    torch.testing.assert_close(centres, means)
    assert torch.equal(nearest_centre(z, centres), labels)


def test_kmeans_on_sparse_rows_and_reproducibility():
    z = blobs().relu()
    labels, centres = kmeans(z, 3, seed=5)
    sparse_labels, sparse_centres = kmeans(from_scipy(csr_array(z.numpy())), 3, seed=5)
    assert torch.equal(labels, sparse_labels)
    torch.testing.assert_close(centres, sparse_centres)
    assert torch.equal(kmeans(z, 3, seed=5)[1], centres)


def test_kmeans_needs_enough_rows():
    with pytest.raises(ValueError, match="n_clusters must be at most the number of rows; got 4 for 3 rows"):
        kmeans(blobs()[:3], 4)


def test_kmeans_on_a_sample_labels_all_rows():
    few = blobs()
    assert torch.equal(kmeans_on_sample(few, 3, seed=1), kmeans(few, 3, n_init=3, max_iter=100, seed=1)[0])
    many = blobs().repeat(200, 1) + torch.randn(6000, 2, generator=torch.Generator().manual_seed(1))
    labels = kmeans_on_sample(many, 3, seed=1)
    assert labels.bincount().tolist() == [2000, 2000, 2000]
    assert torch.equal(labels, kmeans_on_sample(many, 3, seed=1))
    means = torch.stack([many[labels == k].mean(0) for k in range(3)])
    assert torch.equal(nearest_centre(many, means), labels)
    with pytest.raises(ValueError, match="n_clusters must be at most the number of rows; got 4 for 3 rows"):
        kmeans_on_sample(few[:3], 4)


def test_cluster_sums_by_loop(monkeypatch):
    z, labels = blobs(), torch.randint(4, (3, 30), generator=torch.Generator().manual_seed(2))
    expected = torch.stack([torch.stack([z[row == k].sum(0) for k in range(4)]) for row in labels])
    torch.testing.assert_close(cluster_sums(z, labels, 4), expected.double(), atol=1e-4, rtol=0)
    monkeypatch.setattr("graphcl.ops.graph_matrices.cluster_sums.ENTRIES", 100)  # in several blocks
    torch.testing.assert_close(cluster_sums(z, labels, 4), expected.double(), atol=1e-4, rtol=0)


def test_student_head_by_loop():
    z, centres = blobs().double()[::5], blobs().double()[:4]
    head = StudentHead(4, 2).double().place(centres)
    q = head(z).exp()
    for i in range(len(z)):
        weight = [1 / (1 + (z[i] - centre).square().sum()) for centre in centres]
        torch.testing.assert_close(q[i], torch.stack(weight) / sum(weight))


def test_student_head_gradients_also_at_a_centre():
    head = StudentHead(3, 2).double()
    z = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert gradcheck(head, (z.requires_grad_(),))
    on_top = head.centres.detach().clone().requires_grad_()
    head(on_top)[:, 0].sum().backward()
    assert torch.isfinite(on_top.grad).all()


def test_student_head_in_half_precision():
    assert StudentHead(2, 3)(torch.ones(1, 3, dtype=torch.bfloat16)).dtype == torch.float32

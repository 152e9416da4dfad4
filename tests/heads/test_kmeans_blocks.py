"""k-means on rows in blocks and by mini-batches, in memory and in files: against k-means on the whole."""

from importlib import import_module

import numpy as np
import pytest
import torch
from sklearn.metrics import adjusted_rand_score

from graphcl import DGI
from graphcl.feature_source import TensorFeatures
from graphcl.heads import (
    KMeans,
    choose_kmeans,
    kmeans,
    kmeans_starts,
    lloyd,
    lloyd_in_blocks,
    mini_batch_kmeans,
    nearest_centre,
    nearest_in_blocks,
)
from graphcl.ops.graph_matrices.sparse import compress
from tests.easy import planted
from tests.heads.test_lloyd import blobs, column, digits, inertia
from tests.sizes import LargestNewTensor


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of some 300 rows of the digits."""
    for module in ("heads.row_blocks", "heads.nearest", "ops.graph_matrices.cluster_sums"):
        monkeypatch.setattr(import_module(f"graphcl.{module}"), "ENTRIES", 20_000)


@pytest.fixture
def nothing_is_whole(monkeypatch):
    monkeypatch.setattr(import_module("graphcl.heads.kmeans_choice"), "WHOLE_ENTRIES", 0)


def same(ours, expected):
    assert torch.equal(ours[0], expected[0])
    torch.testing.assert_close(ours[1], expected[1])


@pytest.mark.parametrize("max_iter", [1, 3, 300])
def test_blocks_end_where_the_whole_does(small_blocks, max_iter):
    z = digits()
    starts = kmeans_starts(z, 7, n_init=3, seed=1)
    expected = lloyd(z, starts, max_iter=max_iter)
    with LargestNewTensor() as largest:
        ours = lloyd_in_blocks(TensorFeatures(z), starts, max_iter=max_iter)
    same(ours, expected)
    assert largest.numel <= 20_000 < z.numel(), "labels and a block"
    reads = []
    source = TensorFeatures(z)
    source.gather = lambda index: reads.append(len(index)) or TensorFeatures.gather(source, index)
    same(lloyd_in_blocks(source, starts[:1], max_iter=1), lloyd(z, starts[:1], max_iter=1))
    assert sum(reads) == 3 * len(z), "moments, one iteration, and the labels"


def test_empty_clusters_get_the_farthest_rows(monkeypatch):
    monkeypatch.setattr(import_module("graphcl.heads.row_blocks"), "ENTRIES", 2)
    z, start = column(0, 1, 10, 11, 50), column(0, 1000, 2000)[None]
    same(lloyd_in_blocks(z, start, max_iter=1), lloyd(z, start, max_iter=1))
    same(lloyd_in_blocks(z, start), lloyd(z, start))
    equal = column(3, 3, 3, 7, 7)
    labels, centres = lloyd_in_blocks(equal, kmeans_starts(equal, 2, n_init=1, seed=0))
    torch.testing.assert_close(centres[labels], equal)


def test_rows_far_from_the_origin_and_in_half_precision():
    z = blobs(dtype=torch.float64) + 1e4
    start = z[[5, 25, 45]][None]
    same(lloyd_in_blocks(z.float(), start.float()), lloyd(z.float(), start.float()))
    half, starts = blobs().bfloat16(), kmeans_starts(blobs(), 3, n_init=2, seed=0)
    same(lloyd_in_blocks(half, starts), lloyd(half, starts))


def test_sums_and_moments_are_in_float64(monkeypatch):
    module, types = import_module("graphcl.heads.lloyd_blocks"), []
    sums = module.cluster_sums
    monkeypatch.setattr(module, "cluster_sums", lambda rows, *rest: types.append(rows.dtype) or sums(rows, *rest))
    lloyd_in_blocks(blobs(), blobs()[None, :3])
    assert set(types) == {torch.float64}


def test_starts_of_a_source_are_those_of_its_tensor():
    z = torch.randn(11_000, 2, generator=torch.Generator().manual_seed(0))
    for rows in (z, z[:500]):
        expected = kmeans_starts(rows, 3, n_init=2, seed=4)
        assert torch.equal(kmeans_starts(TensorFeatures(rows), 3, n_init=2, seed=4), expected)


@pytest.mark.parametrize("scale", [1.0, 2.0**-70, 2.0**80])
@pytest.mark.parametrize("algorithm", ["blocks", "mini-batch"])
def test_kmeans_in_blocks_finds_the_clusters_of_the_whole_at_any_scale(algorithm, scale, small_blocks):
    z = blobs(100) * scale
    labels, centres = kmeans(z, 3, n_init=3, algorithm=algorithm)
    expected_labels, expected_centres = kmeans(z, 3, n_init=3)
    assert adjusted_rand_score(expected_labels, labels) == 1
    tolerance = {"blocks": 1e-5, "mini-batch": 0.02}[algorithm]
    ours, expected = (c[c[:, 0].sort().indices] / scale for c in (centres, expected_centres))
    torch.testing.assert_close(ours, expected, rtol=tolerance, atol=20 * tolerance)
    of_source = kmeans(TensorFeatures(z), 3, n_init=3, algorithm=algorithm)
    assert torch.equal(of_source[0], labels)
    assert torch.equal(of_source[1], centres)


def test_mini_batches_come_near_the_whole_and_depend_on_the_seed(monkeypatch):
    monkeypatch.setattr(import_module("graphcl.heads.mini_batch"), "BATCH_ROWS", 256)
    z = digits().float()
    centres = mini_batch_kmeans(z, 10, n_init=2, seed=3)
    assert torch.equal(centres, mini_batch_kmeans(z, 10, n_init=2, seed=3))
    assert not torch.equal(centres, mini_batch_kmeans(z, 10, n_init=2, seed=4))
    assert inertia(z, nearest_centre(z, centres), centres) < 1.03 * inertia(z, *kmeans(z, 10, n_init=10))


def test_mini_batches_see_all_rows(monkeypatch):
    """The sample has no row of the second cluster's far end: the passes move its centre there."""
    monkeypatch.setattr(import_module("graphcl.heads.mini_batch"), "CANDIDATE_ROWS", 20)
    monkeypatch.setattr(import_module("graphcl.heads.mini_batch"), "BATCH_ROWS", 64)
    noise = torch.randn(4000, 1, generator=torch.Generator().manual_seed(0))
    z = noise + torch.tensor([0.0, 50.0]).repeat(2000)[:, None]
    centres = mini_batch_kmeans(z, 2).sort(0).values
    torch.testing.assert_close(centres.flatten(), torch.tensor([0.0, 50.0]), atol=0.1, rtol=0)


def test_the_choice_goes_by_size():
    assert [choose_kmeans(n, 256, 10) for n in (10**3, 2**20, 2**20 + 1, 10**8)] == [
        "whole",
        "whole",
        "blocks",
        "mini-batch",
    ]
    assert choose_kmeans(10**8, 256, 10, "meta") == "whole"


def test_errors():
    with pytest.raises(ValueError, match="n_clusters must be at most the number of rows; got 4 for 3 rows"):
        kmeans(TensorFeatures(blobs()[:3]), 4)
    with pytest.raises(ValueError, match="algorithm must be auto, whole, blocks or mini-batch; got 'lloyd'"):
        kmeans.__wrapped__(blobs(), 2, algorithm="lloyd")
    with pytest.raises(ValueError, match="sparse rows are clustered as a whole; got algorithm='blocks'"):
        kmeans(compress(torch.eye(50)), 2, algorithm="blocks")
    assert torch.equal(kmeans(TensorFeatures(blobs()), 3)[0], kmeans(blobs(), 3)[0])


@pytest.mark.parametrize("normalize", [False, True])
def test_the_head_reads_a_file_in_blocks(normalize, tmp_path, monkeypatch, nothing_is_whole, small_blocks):
    """Also a read-only one, and integers; no tensor of all rows is made, in fit or in predict."""
    z = digits()[:600].float().round()
    np.save(tmp_path / "z.npy", z.numpy())
    np.save(tmp_path / "whole.npy", z.long().numpy())
    monkeypatch.setattr(import_module("graphcl.heads.starts"), "CANDIDATE_ROWS", 100)
    head = KMeans(5, n_init=2, normalize=normalize)
    expected = KMeans(5, n_init=2, normalize=normalize).fit(TensorFeatures(z))
    for name, mode in (("z.npy", "r+"), ("z.npy", "r"), ("whole.npy", "r")):
        mapped = np.load(tmp_path / name, mmap_mode=mode)
        with LargestNewTensor() as largest:
            labels = head.fit_predict(mapped)
            predicted = head.predict(mapped)
        assert largest.numel <= 20_000 < z.numel()
        assert torch.equal(labels, expected.labels_)
        assert torch.equal(predicted, labels)
        torch.testing.assert_close(head.cluster_centers_, expected.cluster_centers_)
    if normalize:
        assert (head.cluster_centers_.norm(dim=1) < 1).all()
    z[3, 0], z[500, 1] = torch.nan, torch.inf
    with pytest.raises(ValueError, match="z must be finite; got 2 NaN or infinite entries"):
        head.fit(z)


def test_nearest_in_blocks_is_nearest(small_blocks):
    z, centres = digits(), digits()[:200].float()
    assert torch.equal(nearest_in_blocks(z, centres), nearest_centre(z, centres.double()))


def test_an_estimator_says_how_it_clustered(tmp_path, monkeypatch):
    graph = planted()
    make = lambda: DGI(epochs=1, n_clusters=3, hidden_channels=8, out_channels=4)  # noqa: E731
    plain = make().fit(graph)
    assert plain.stages_[-1]["k_means"] == "whole"
    monkeypatch.setattr(import_module("graphcl.heads.kmeans_choice"), "WHOLE_ENTRIES", 0)
    blocks = make().fit(graph, out=tmp_path / "z.npy")
    assert blocks.stages_[-1]["k_means"] == "blocks"
    assert adjusted_rand_score(plain.labels_, blocks.labels_) == 1
    assert torch.equal(blocks.predict(graph), blocks.labels_)

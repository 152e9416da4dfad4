"""Lloyd's algorithm in PyTorch against scikit-learn's, a loop, and degenerate data."""

from importlib import import_module

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.metrics import adjusted_rand_score

from graphcl.heads import kmeans, kmeans_starts, lloyd, nearest_centre
from tests.sizes import LargestTensor

MODULES = {name: import_module(f"graphcl.heads.{name}") for name in ("kmeans", "lloyd", "nearest")}
MODULES["cluster_sums"] = import_module("graphcl.ops.graph_matrices.cluster_sums")
"""The modules, which functions of the same names shadow in the package."""


def blobs(each: int = 20, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    noise = torch.randn(3 * each, 2, generator=torch.Generator().manual_seed(0), dtype=dtype)
    return noise + torch.tensor([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]], dtype=dtype).repeat_interleave(each, 0)


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def digits() -> torch.Tensor:
    """Digits with noise, since integer pixels lead to ties between centres."""
    z = torch.from_numpy(load_digits().data)
    return z + 0.01 * torch.randn(z.shape, generator=torch.Generator().manual_seed(0), dtype=z.dtype)


def table(load) -> torch.Tensor:
    return torch.from_numpy(load().data)


def inertia(z: torch.Tensor, labels: torch.Tensor, centres: torch.Tensor) -> float:
    return (z.to(centres) - centres[labels]).square().sum().item()


def scikit(z: torch.Tensor, start: torch.Tensor, max_iter: int = 300) -> KMeans:
    return KMeans(len(start), init=start.numpy(), n_init=1, max_iter=max_iter).fit(z.numpy())


@pytest.mark.parametrize("z", [digits(), table(load_iris), table(load_wine)], ids=["digits", "iris", "wine"])
@pytest.mark.parametrize("max_iter", [1, 3, 300])
def test_scikit_learn_agrees_from_the_same_centres(z, max_iter):
    for start in kmeans_starts(z, 7, n_init=4, seed=1):
        labels, centres = lloyd(z, start[None], max_iter=max_iter)
        expected = scikit(z, start, max_iter)
        assert labels.tolist() == expected.labels_.tolist()
        torch.testing.assert_close(centres, torch.from_numpy(expected.cluster_centers_))
        assert inertia(z, labels, centres) == pytest.approx(expected.inertia_, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_up_to_ten_thousand_rows_it_gives_the_result_of_the_cpu(seed):
    z = digits()
    labels, centres = lloyd(z, kmeans_starts(z, 10, n_init=4, seed=seed))
    expected_labels, expected_centres = kmeans(z, 10, n_init=4, seed=seed)
    assert torch.equal(labels, expected_labels)
    torch.testing.assert_close(centres, expected_centres)


def note_sizes(patch) -> list[torch.Tensor]:
    """Record the cluster sizes of each iteration, after empty clusters were relocated.

    Where the row was the only one of another cluster, scikit-learn 1.9 gives that one the centre of the largest
    cluster, or the sum of its rows if it comes later in the order: there the two differ.
    """
    means, noted = MODULES["lloyd"]._means, []

    def note(z, labels, n_clusters):
        noted.append(torch.bincount(labels, minlength=n_clusters))
        return means(z, labels, n_clusters)

    patch.setattr(MODULES["lloyd"], "_means", note)
    return noted


@given(
    n=st.integers(1, 60),
    d=st.integers(1, 5),
    k=st.integers(1, 8),
    spread=st.sampled_from([0.1, 1.0, 10.0]),
    seed=st.integers(0, 2**31 - 1),
)
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_scikit_learn_agrees_from_far_centres_that_leave_clusters_empty(n, d, k, spread, seed):
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(max(n, k), d, generator=generator, dtype=torch.float64)
    start = spread * torch.randn(k, d, generator=generator, dtype=torch.float64)
    with pytest.MonkeyPatch.context() as patch:
        sizes = note_sizes(patch)
        labels, centres = lloyd(z, start[None])
    assume(all(size.min() > 0 for size in sizes))
    expected = scikit(z, start)
    assert (
        adjusted_rand_score(expected.labels_, labels) == 1
    )  # the order in which empty clusters are relocated is arbitrary
    assert inertia(z, labels, centres) == pytest.approx(expected.inertia_, rel=1e-9, abs=1e-12)


def test_iterations_by_loop():
    z = blobs(dtype=torch.float64)
    centres = z[:3].clone()
    for rounds in range(1, 6):
        labels = [min(range(3), key=lambda k: float((row - centres[k]).square().sum())) for row in z]
        members = [[row for row, label in zip(z, labels, strict=True) if label == k] for k in range(3)]
        centres = torch.stack([sum(rows) / len(rows) for rows in members])
        torch.testing.assert_close(lloyd(z, z[None, :3], max_iter=rounds)[1], centres)


def test_empty_clusters_get_the_farthest_rows():
    z = column(0, 1, 10, 11, 50)
    _, centres = lloyd(z, column(0, 1000, 2000)[None], max_iter=1)
    assert centres.flatten().sort().values.tolist() == pytest.approx([11 / 3, 11, 50])
    labels, centres = lloyd(z, column(0, 1000, 2000)[None])
    assert labels.tolist() in ([0, 0, 1, 1, 2], [0, 0, 2, 2, 1])
    assert centres.flatten().sort().values.tolist() == pytest.approx([0.5, 10.5, 50])


def test_one_cluster_and_one_for_each_row():
    z = blobs()
    labels, centres = lloyd(z, kmeans_starts(z, 1, n_init=2, seed=0))
    assert not labels.any()
    torch.testing.assert_close(centres, z.mean(0, keepdim=True))
    labels, centres = lloyd(z, kmeans_starts(z, len(z), n_init=1, seed=0))
    assert labels.sort().values.tolist() == list(range(len(z)))
    torch.testing.assert_close(centres[labels], z)
    labels, centres = lloyd(z[:1], kmeans_starts(z[:1], 1, n_init=1, seed=0))
    assert labels.tolist() == [0]
    torch.testing.assert_close(centres, z[:1])


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_fewer_distinct_rows_than_clusters():
    z = column(3, 3, 3, 7, 7)
    labels, centres = lloyd(z, kmeans_starts(z, 4, n_init=2, seed=0))
    assert labels.tolist() in ([a, a, a, b, b] for a in range(4) for b in range(4) if a != b)
    torch.testing.assert_close(centres[labels], z)
    assert set(centres.flatten().tolist()) == {3.0, 7.0}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_equal_rows_converge_at_once(monkeypatch, dtype):
    def counted(z, centres):
        rounds.append(1)
        return nearest_centre(z, centres)

    rounds: list[int] = []
    monkeypatch.setattr(MODULES["lloyd"], "nearest_centre", counted)
    z = torch.full((1000, 3), 0.1, dtype=dtype)
    labels, centres = lloyd(z, kmeans_starts(z, 4, n_init=1, seed=0))
    assert (labels == labels[0]).all()
    torch.testing.assert_close(centres, z[:4].to(centres.dtype))
    assert len(rounds) <= 2


def test_bfloat16_rows_are_clustered_in_float32_also_within_autocast():
    z = blobs().bfloat16()
    starts = kmeans_starts(z, 3, n_init=2, seed=0)
    assert starts.dtype == torch.float32
    labels, centres = lloyd(z, starts)
    with torch.autocast("cpu", torch.bfloat16):
        within = lloyd(z.float(), starts)
    assert torch.equal(labels, within[0])
    assert torch.equal(centres, within[1])
    kmeans_labels, kmeans_centres = kmeans(z, 3, n_init=2, seed=0)
    assert torch.equal(labels, kmeans_labels)
    assert torch.equal(centres.bfloat16(), kmeans_centres)


def test_rows_far_from_the_origin_keep_their_precision():
    z = blobs(dtype=torch.float64) + 1e4
    starts = z[[5, 25, 45]][None]
    labels, centres = lloyd(z.float(), starts.float())
    expected_labels, expected_centres = lloyd(z, starts)
    assert torch.equal(labels, expected_labels)
    torch.testing.assert_close(centres, expected_centres.float(), atol=1e-3, rtol=0)


def test_the_start_of_lowest_inertia_wins():
    z = digits()
    starts = kmeans_starts(z, 10, n_init=4, seed=0)
    each = [lloyd(z, start[None]) for start in starts]
    by_inertia = sorted(range(4), key=lambda i: inertia(z, *each[i]))
    assert inertia(z, *each[by_inertia[0]]) < inertia(z, *each[by_inertia[-1]])
    for order in (by_inertia, by_inertia[::-1]):
        labels, centres = lloyd(z, starts[order])
        assert torch.equal(labels, each[by_inertia[0]][0])
        assert torch.equal(centres, each[by_inertia[0]][1])


def test_blocks_give_the_same_result_and_bound_memory(monkeypatch):
    z = digits()
    starts = kmeans_starts(z, 200, n_init=1, seed=0)
    whole = lloyd(z, starts)
    for module in ("nearest", "lloyd", "cluster_sums"):
        monkeypatch.setattr(MODULES[module], "ENTRIES", 20_000)
    with LargestTensor() as largest:
        blocked = lloyd(z, starts)
    assert torch.equal(whole[0], blocked[0])
    torch.testing.assert_close(whole[1], blocked[1])
    assert largest.numel == z.numel() < len(z) * 200  # no n x k matrix of distances


def test_one_synchronisation_per_iteration(monkeypatch):
    z, starts = blobs(), blobs()[None, :3]
    rounds, waits = [], []
    find = nearest_centre
    monkeypatch.setattr(MODULES["lloyd"], "nearest_centre", lambda *a: rounds.append(1) or find(*a))
    for name in ("tolist", "item", "__bool__", "nonzero", "cpu"):
        of_torch = getattr(torch.Tensor, name)
        monkeypatch.setattr(torch.Tensor, name, lambda t, *a, f=of_torch: waits.append(1) or f(t, *a))
    lloyd(z, starts)
    assert len(rounds) > 2
    assert len(waits) == len(rounds) + 1  # and one for the inertia


def test_starts_are_reproducible_and_rows_of_the_data():
    z = torch.randn(12_000, 3, generator=torch.Generator().manual_seed(0))
    starts = kmeans_starts(z, 5, n_init=3, seed=2)
    assert starts.shape == (3, 5, 3)
    assert torch.equal(starts, kmeans_starts(z, 5, n_init=3, seed=2))
    assert not torch.equal(starts, kmeans_starts(z, 5, n_init=3, seed=3))
    assert len(starts.flatten(0, 1).unique(dim=0)) == 15
    assert (torch.cdist(starts.flatten(0, 1), z).min(1).values < 1e-3).all()
    assert all(map(torch.equal, lloyd(z, starts, max_iter=3), lloyd(z, starts, max_iter=3)))


def test_starts_from_a_sample_are_as_good():
    z = torch.cat([blobs(7000), 20 - blobs(7000)])
    ours = inertia(z, *lloyd(z, kmeans_starts(z, 6, n_init=3, seed=0)))
    assert ours == pytest.approx(inertia(z, *kmeans(z, 6, n_init=3, seed=0)), rel=0.01)


def test_rows_on_another_device_stay_there(monkeypatch):
    def stub(z, starts, *, max_iter):
        assert (starts, max_iter) == ("starts", 9)
        return torch.zeros(len(z), dtype=torch.long, device=z.device), torch.zeros(2, z.size(1), device=z.device)

    monkeypatch.setattr(MODULES["kmeans"], "lloyd", stub)
    monkeypatch.setattr(MODULES["kmeans"], "kmeans_starts", lambda *_, **__: "starts")
    labels, centres = kmeans(torch.empty(5, 3, device="meta", dtype=torch.bfloat16), 2, max_iter=9)
    assert labels.device.type == "meta"
    assert centres.dtype == torch.bfloat16
    assert len(kmeans(blobs(), 2, max_iter=9)[0].unique()) == 2  # scikit-learn's


@pytest.mark.gpu
def test_the_gpu_gives_the_clusters_of_the_cpu():
    for z in (blobs(), blobs(5000), blobs().bfloat16()):
        labels, centres = kmeans(z.cuda(), 3, seed=1)
        expected_labels, expected_centres = kmeans(z, 3, seed=1)
        assert labels.device.type == centres.device.type == "cuda"
        assert adjusted_rand_score(expected_labels, labels.cpu()) == 1
        torch.testing.assert_close(centres.cpu()[labels.cpu()], expected_centres[expected_labels])
        assert all(map(torch.equal, (labels, centres), kmeans(z.cuda(), 3, seed=1)))

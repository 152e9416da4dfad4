import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from graphcl.datasets import knn_graph
from graphcl.datasets.edges import undirected


def naive(x, k, similarity):
    """The definition, pair by pair, with a sort by (score, index)."""
    rows = x.double().numpy()
    if similarity != "heat":
        rows = (rows > 0).astype(float)
    weight = np.maximum(rows.sum(1), 1) if similarity == "ncos" else np.ones(len(rows))
    edges = set()
    for i in range(len(rows)):
        ranked = []
        for j in range(len(rows)):
            if j != i:
                far = (
                    ((rows[i] - rows[j]) ** 2).sum() if similarity == "heat" else -(rows[i] @ rows[j]) / weight[j]
                )
                ranked.append((far, j))
        for _, j in sorted(ranked)[:k]:
            edges |= {(i, j), (j, i)}
    return torch.tensor(sorted(edges)).T


@settings(max_examples=50, deadline=None)
@given(data=st.data(), similarity=st.sampled_from(["heat", "dot", "ncos"]))
def test_it_agrees_with_a_loop_over_pairs_ties_and_duplicates_included(data, similarity):
    n, d = data.draw(st.integers(2, 12)), data.draw(st.integers(1, 3))
    values = data.draw(st.lists(st.integers(-2, 2), min_size=n * d, max_size=n * d))
    offset = data.draw(st.sampled_from([0.0, 1000.0]))
    x = torch.tensor(values, dtype=torch.float32).reshape(n, d) / 2 + offset
    k = data.draw(st.integers(1, n - 1))
    block = data.draw(st.sampled_from([None, 1, 5]))
    assert torch.equal(knn_graph(x, k=k, similarity=similarity, block_size=block), naive(x, k, similarity))


def test_it_agrees_with_scikit_learn_where_there_are_no_ties():
    x = torch.randn(400, 20, generator=torch.Generator().manual_seed(0))
    near = NearestNeighbors(n_neighbors=5, algorithm="kd_tree").fit(x.double()).kneighbors(return_distance=False)
    expected = np.stack([np.repeat(np.arange(400), 5), near.ravel()])
    assert torch.equal(knn_graph(x, k=5), undirected(torch.from_numpy(expected), 400))


def test_among_equal_rows_the_smaller_indices_win():
    edges = knn_graph(torch.ones(6, 2), k=2)
    assert {tuple(pair) for pair in edges.T.tolist() if pair[0] > pair[1]} == {
        (1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (4, 1), (5, 0), (5, 1),
    }  # fmt: skip


def test_far_points_are_ranked_although_their_heat_kernel_is_zero():
    x = torch.tensor([[0.0], [1000.0], [1900.0], [5000.0]])
    assert knn_graph(x, k=1).tolist() == [[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]]


def test_ncos_prefers_short_rows_and_dot_does_not():
    x = torch.tensor([[1.0, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]])
    assert [0, 2] in knn_graph(x, k=1, similarity="ncos").T.tolist()
    assert [0, 1] in knn_graph(x, k=1, similarity="dot").T.tolist()


def test_the_input_is_left_as_it_is():
    x = torch.randn(30, 4)
    before = x.clone()
    knn_graph(x, k=2)
    knn_graph(x, k=2, similarity="ncos")
    assert torch.equal(x, before)


@pytest.mark.parametrize(
    ("x", "k", "block_size", "message"),
    [
        (torch.zeros(3, 2), 3, None, r"k must lie in \[1, 2\] for 3 rows; got 3"),
        (torch.zeros(3, 2), 0, None, r"k must lie in \[1, 2\] for 3 rows; got 0"),
        (torch.zeros(1, 2), 1, None, r"at least 2 rows; got shape \(1, 2\)"),
        (torch.full((3, 2), torch.nan), 1, None, "x must be finite"),
        (torch.zeros(3, 2), 1, 0, "block_size must be at least 1 or None; got 0"),
    ],
)
def test_what_it_refuses(x, k, block_size, message):
    with pytest.raises(ValueError, match=message):
        knn_graph(x, k=k, block_size=block_size)


@pytest.mark.data
@pytest.mark.parametrize("k", [3, 10])
def test_it_rebuilds_the_graphs_that_sdcn_published_for_usps(data_root, k):
    path = data_root / "npz" / "usps_sdcn.npz"
    if not path.is_file():
        pytest.skip("usps_sdcn.npz is not here")
    with np.load(path) as file:
        x, published = torch.from_numpy(file["x"]), torch.from_numpy(file[f"knn{k}_edge_index"])
    assert torch.equal(knn_graph(x, k=k), undirected(published, len(x)))

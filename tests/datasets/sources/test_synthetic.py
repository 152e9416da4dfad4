import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans, SpectralClustering
from sklearn.metrics import normalized_mutual_info_score
from torch_geometric.utils import to_scipy_sparse_matrix

from graphcl.datasets import planted_partition


def degrees(dataset):
    """Mean number of neighbours in one's own block and in the others."""
    source, target = dataset.graph.edge_index
    within = dataset.graph.y[source] == dataset.graph.y[target]
    return within.sum().item() / len(dataset.graph.y), (~within).sum().item() / len(dataset.graph.y)


def test_degrees_are_the_ones_asked_for():
    within, between = degrees(planted_partition(nodes=20_001, blocks=7, degree_in=6.0, degree_out=3.0, features=1))
    assert within == pytest.approx(6, rel=0.02)
    assert between == pytest.approx(3, rel=0.02)


def test_every_pair_can_become_an_edge_and_no_pair_outside_its_kind_does():
    full = planted_partition(nodes=11, blocks=3, degree_in=30 / 11, degree_out=80 / 11, features=1)
    assert full.graph.edge_index.shape[1] == 11 * 10
    within = planted_partition(nodes=11, blocks=3, degree_in=30 / 11, degree_out=0, features=1)
    assert degrees(within) == (30 / 11, 0)
    between = planted_partition(nodes=11, blocks=3, degree_in=0, degree_out=80 / 11, features=1)
    assert degrees(between) == (0, 80 / 11)


def test_pairs_within_a_block_are_equally_likely():
    count = np.zeros((6, 6))
    for seed in range(400):
        dataset = planted_partition(nodes=6, blocks=1, degree_in=2.5, degree_out=0, features=1, seed=seed)
        count[tuple(dataset.graph.edge_index.numpy())] += 1
    off_diagonal = count[~np.eye(6, dtype=bool)] / 400
    assert off_diagonal == pytest.approx(np.full(30, 0.5), abs=0.1)


def test_blocks_are_even_and_the_order_is_shuffled():
    y = planted_partition(nodes=502, blocks=5).graph.y
    assert sorted(y.bincount().tolist()) == [100, 100, 100, 101, 101]
    assert not torch.equal(y, y.sort().values)


def test_the_same_seed_gives_the_same_graph_and_another_another():
    first, again, other = (planted_partition(seed=seed).checksum for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_features_are_class_means_plus_unit_noise():
    graph = planted_partition(nodes=20_000, blocks=4, features=16, signal=2.0).graph
    assert graph.x.dtype == torch.float32
    for block in range(4):
        rows = graph.x[graph.y == block]
        assert rows.mean(0).norm() == pytest.approx(4, abs=0.1)  # 2 * 16 ** (1 / 4)
        assert rows.std(0) == pytest.approx(torch.ones(16), abs=0.05)


def test_features_alone_and_edges_alone_err_and_both_together_err_less():
    score = np.zeros(3)
    for seed in range(2):
        graph = planted_partition(seed=seed).graph
        adjacency = to_scipy_sparse_matrix(graph.edge_index, num_nodes=500).tocsr()
        smooth = graph.x.numpy()
        for _ in range(2):
            smooth = (adjacency @ smooth + smooth) / (adjacency.sum(1) + 1).reshape(-1, 1).A
        spectral = SpectralClustering(5, affinity="precomputed", random_state=0)
        kmeans = KMeans(5, n_init=10, random_state=0)
        labels = [kmeans.fit_predict(graph.x.numpy()), spectral.fit_predict(adjacency), kmeans.fit_predict(smooth)]
        score += [normalized_mutual_info_score(graph.y, found) / 2 for found in labels]
    features, edges, both = score
    assert 0.2 < features < 0.8
    assert features < edges < both < 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"nodes": 3, "blocks": 5}, r"blocks must lie in \[1, nodes\]; got 5 blocks for 3 nodes"),
        ({"nodes": 10, "blocks": 5}, r"degree_in must lie in \[0, 1\] for blocks of this size; got 8.0"),
        ({"blocks": 1}, r"degree_out must lie in \[0, 0\] for blocks of this size; got 2\.0"),
        ({"nodes": 0}, r"planted_partition: nodes should be greater than or equal to 1; got 0"),
    ],
)
def test_what_it_refuses(given, message):
    with pytest.raises(ValueError, match=message):
        planted_partition(**given)


def test_one_node_is_a_graph():
    graph = planted_partition(nodes=1, blocks=1, degree_in=0, degree_out=0).graph
    assert graph.x.shape == (1, 32)
    assert graph.edge_index.shape == (2, 0)


def test_degrees_follow_a_power_law_of_the_exponent():
    dataset = planted_partition(
        nodes=30_000, blocks=6, degree_in=10.0, degree_out=4.0, features=1, degree_exponent=2.5
    )
    within, between = degrees(dataset)
    assert within == pytest.approx(10, rel=0.1)
    assert between == pytest.approx(4, rel=0.1)
    count = dataset.graph.edge_index[0].bincount(minlength=30_000)
    tail = count[count >= 30].double()
    hill = 1 + 1 / (tail / 29.5).log().mean().item()  # the estimator of Hill, for whole numbers
    assert hill == pytest.approx(2.5, abs=0.3)
    assert count.max() > 20 * count.double().mean()
    assert dataset.parameters["degree_exponent"] == 2.5


def test_a_power_law_needs_a_mean_and_other_blocks():
    with pytest.raises(ValueError, match="degree_exponent"):
        planted_partition(degree_exponent=2.0)
    with pytest.raises(ValueError, match=r"degree_out must be 0 where there is one block; got 2\.0"):
        planted_partition(blocks=1, degree_exponent=3.0)
    assert "degree_exponent" not in planted_partition().parameters

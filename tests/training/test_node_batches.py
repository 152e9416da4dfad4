"""Batches of one graph: every seed once, what was attached sliced by its declared axis, companions by role."""

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach, attach_edges
from graphcl.ops.graph_matrices.sparse import compress
from graphcl.training import Batches, NodeBatches, Stage, adam
from graphcl.training.batching.whole_degrees import whole_degrees


def stage(batch_size: int | None = None, fanouts: tuple[int, ...] = (), **options) -> Stage:
    return Stage("one", 1, adam(0.1), batch_size=batch_size, fanouts=fanouts, **options)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_edges(n: int, e: int, seed: int) -> Tensor:
    return torch.randint(n, (2, e), generator=generator(seed))


def graph(n: int = 10, e: int = 30) -> Data:
    """A graph with one attachment along each axis, and a second set of edges with one more."""
    data = Data(x=torch.arange(2.0 * n).view(n, 2), edge_index=random_edges(n, e, 0))
    data = attach(data, "node", rank=torch.arange(n) * 10)
    data = attach(data, "edge", drop=torch.arange(e) * 100)
    data = attach(data, "row", identity=compress(torch.eye(n) * torch.arange(1.0, n + 1)), place=torch.arange(n))
    data = attach(data, "whole", mean=torch.ones(3))
    return attach_edges(data, "far", random_edges(n, e, 1), weight=torch.arange(e) * 7)


def check_slices(batch: Data, data: Data) -> None:
    seeds = batch.n_id[: batch.seeds]
    assert len(batch.n_id.unique()) == len(batch.n_id)
    assert torch.equal(batch.x, data.x[batch.n_id])
    assert torch.equal(batch.rank, batch.n_id * 10)
    assert torch.equal(batch.drop, batch.e_id * 100)
    assert torch.equal(batch.n_id[batch.edge_index], data.edge_index[:, batch.e_id])
    far = batch.far_weight // 7
    assert torch.equal(batch.n_id[batch.far_edge_index], data.far_edge_index[:, far])
    assert torch.equal(batch.identity.to_dense(), data.identity.to_dense()[seeds])
    assert torch.equal(batch.place, seeds)
    assert batch.mean is data.mean


def test_full_batch_is_the_graph_itself():
    data = graph()
    batches = NodeBatches(data)
    assert isinstance(batches, Batches)
    for one in (stage(), stage(10), stage(11)):
        [batch] = batches.epoch(one, generator())
        assert batches.steps(one) == 1
        assert batch.x is data.x
        assert batch.edge_index is data.edge_index
        assert batch.seeds == batch.asked == 10
        assert batch.roles == {}
        batch.e_id = torch.arange(batch.edge_index.size(1))
        check_slices(batch, data)
    assert "n_id" not in data
    [swept] = batches.sweep()
    assert swept.x is data.x


@pytest.mark.parametrize("fanouts", [(2,), (2, 1), (-1,), ()], ids=str)
def test_samples_cover_all_seeds_and_slice_what_was_attached(fanouts):
    data, seen = graph(), []
    batches = NodeBatches(data)
    sizes = []
    for batch in batches.epoch(stage(4, fanouts), generator(1)):
        check_slices(batch, data)
        seen += batch.n_id[: batch.seeds].tolist()
        sizes.append(batch.seeds)
    assert sizes == [4, 4, 2]
    assert batches.steps(stage(4, fanouts)) == 3
    assert sorted(seen) == list(range(10))
    assert seen != list(range(10))


def test_rows_alone_need_no_edges():
    for batch in NodeBatches(graph()).epoch(stage(3), generator()):
        assert batch.edge_index.shape == (2, 0)
        assert len(batch.x) == batch.seeds == len(batch.n_id)


def test_as_many_edges_as_nodes_does_not_confuse_the_slices():
    """PyG guesses edge attributes by length; ours are declared."""
    data = graph(6, 6)
    for batch in NodeBatches(data).epoch(stage(2, (-1,)), generator()):
        check_slices(batch, data)


def test_both_sets_of_edges_are_sampled_whole():
    """With all neighbours at two hops, the seeds have every in-edge of either set, and so have those around."""
    data = graph(30, 60)
    for batch in NodeBatches(data).epoch(stage(5, (-1, -1)), generator(2)):
        seeds = batch.n_id[: batch.seeds]
        for name in ("edge_index", "far_edge_index"):
            here = batch[name][1] < batch.seeds
            expected = torch.isin(data[name][1], seeds)
            assert int(here.sum()) == int(expected.sum())
            ring = batch.n_id[batch[name][0, here]]  # their in-neighbours have all in-edges too
            kept = torch.bincount(batch.n_id[batch[name][1]], minlength=30)
            assert torch.equal(kept[ring], torch.bincount(data[name][1], minlength=30)[ring])


def test_a_second_set_of_edges_gives_its_rows_of_the_full_graph():
    data = graph(30, 60)
    batches = NodeBatches(data)
    expected = far_sums(batches.whole)
    for batch in batches.epoch(stage(7, (-1,)), generator()):
        assert torch.equal(far_sums(batch)[: batch.seeds], expected[batch.n_id[: batch.seeds]])


def far_sums(batch: Data) -> Tensor:
    source, target = batch.far_edge_index
    return torch.zeros_like(batch.x).index_add(0, target, batch.x[source] * batch.far_weight[:, None])


def test_an_attribute_without_an_axis_is_refused():
    data = graph()
    data.node_rank = torch.arange(10)
    with pytest.raises(ValueError, match=r"node_rank is on the graph without an axis; put it there by attach\("):
        NodeBatches(data)


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_sweep_in_blocks_is_in_order_and_takes_all_neighbours(hops):
    data = graph()
    sizes = []
    for batch in NodeBatches(data, hops=hops, block=4).sweep():
        check_slices(batch, data)
        sizes.append(batch.n_id[: batch.seeds].tolist())
        if hops:
            in_edges = torch.isin(data.edge_index[1], batch.n_id[: batch.seeds])
            assert int((batch.edge_index[1] < batch.seeds).sum()) == int(in_edges.sum())
        else:
            assert batch.edge_index.shape == (2, 0)
    assert sizes == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_rows_alone_of_a_small_graph_are_swept_at_once():
    [batch] = NodeBatches(graph(), hops=0, block=10).sweep()
    assert batch.seeds == 10
    assert len(list(NodeBatches(graph(), hops=0, block=9).sweep())) == 2


def test_edges_among_the_seeds_are_those_of_a_loop():
    data = graph(12, 60)
    data.edge_weight, data.edge_type, data.edge_attr = torch.rand(60), torch.arange(60) % 3, torch.rand(60, 2)
    found = 0
    for batch in NodeBatches(data).epoch(stage(5, (1,), induced=True), generator(3)):
        seeds = batch.n_id[: batch.seeds].tolist()
        expected = [
            (seeds.index(i), seeds.index(j), *describe(data, e))
            for e, (i, j) in enumerate(data.edge_index.T.tolist())
            if i in seeds and j in seeds
        ]
        got = [
            (i, j, weight, kind, *attr)
            for (i, j), weight, kind, attr in zip(
                batch.seed_edge_index.T.tolist(),
                batch.seed_edge_weight.tolist(),
                batch.seed_edge_type.tolist(),
                batch.seed_edge_attr.tolist(),
                strict=True,
            )
        ]
        assert sorted(got) == sorted(expected)
        found += len(expected)
    assert found > 0


def describe(data: Data, e: int) -> tuple[float, ...]:
    return data.edge_weight[e].item(), data.edge_type[e].item(), *data.edge_attr[e].tolist()


def test_edges_among_the_seeds_are_there_on_request_alone():
    for batch in NodeBatches(graph()).epoch(stage(5, (1,)), generator()):
        assert "seed_edge_index" not in batch
    for batch in NodeBatches(graph()).epoch(stage(5, (1,), induced=True), generator()):
        assert "seed_edge_weight" not in batch


def test_degrees_are_those_of_the_whole_graph():
    data = graph(12, 60)
    for weight in (None, torch.rand(60)):
        data.edge_weight = weight
        expected = torch.zeros(12).index_add(0, data.edge_index[1], torch.ones(60) if weight is None else weight)
        loops = set(data.edge_index[0, data.edge_index[0] == data.edge_index[1]].tolist())
        for batch in NodeBatches(data).epoch(stage(5, (1,)), generator()):
            torch.testing.assert_close(batch.degree, expected[batch.n_id])
            assert batch.added_loop.tolist() == [0.0 if node in loops else 1.0 for node in batch.n_id.tolist()]


def test_degrees_by_relation():
    edge_index, kind = torch.tensor([[0, 1, 1, 2], [1, 1, 1, 0]]), torch.tensor([0, 0, 1, 1])
    degree, added_loop = whole_degrees(Data(edge_index=edge_index, edge_type=kind), 3)
    assert degree.tolist() == [[0, 1], [2, 1], [0, 0]]
    assert added_loop.tolist() == [[1, 1], [0, 0], [1, 1]]


PARTS = {"batch_size": 16, "batches": "clusters"}


def test_parts_cover_all_nodes_and_carry_all_edges_among_them():
    data, seen = graph(70, 200), []
    data.edge_weight = torch.rand(200)
    batches = NodeBatches(data)
    sizes = []
    for batch in batches.epoch(stage(**PARTS), generator()):
        check_slices(batch, data)
        assert batch.seeds == batch.asked == len(batch.n_id)
        for name in ("edge_index", "far_edge_index"):
            among = torch.isin(data[name], batch.n_id).all(0)
            assert batch[name].size(1) == int(among.sum())
        own = Data(edge_index=batch.edge_index, edge_weight=batch.edge_weight)
        degree, added_loop = whole_degrees(own, len(batch.n_id))
        assert torch.equal(batch.degree, degree), "degrees are those within the batch"
        assert torch.equal(batch.added_loop, added_loop)
        seen += batch.n_id.tolist()
        sizes.append(batch.seeds)
    assert sorted(seen) == list(range(70))
    assert sum(sizes[:4]) >= 62
    assert len(sizes) == batches.steps(stage(**PARTS)) == 5


def test_parts_are_drawn_anew_and_by_the_generator():
    batches = NodeBatches(graph(70, 200))
    first, again, other = (
        [batch.n_id.tolist() for batch in batches.epoch(stage(**PARTS), generator(seed))] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_companions_join_the_parts():
    data = graph(70, 200)
    for batch in NodeBatches(data).epoch(stage(**PARTS), generator(), lambda seeds, i: {"next": (seeds + 1) % 70}):
        assert torch.equal(batch.n_id[batch.roles["next"]], (batch.n_id[: batch.seeds] + 1) % 70)
        assert batch.edge_index.size(1) == int(torch.isin(data.edge_index, batch.n_id).all(0).sum())
        assert batch.asked == len(batch.n_id) > batch.seeds


def test_relations_have_their_columns_in_every_batch():
    data = graph(70, 80)
    data.edge_type = torch.zeros(80, dtype=torch.long).index_fill(0, torch.tensor([3]), 2)
    for batch in NodeBatches(data).epoch(stage(**PARTS), generator()):
        assert batch.degree.shape == batch.added_loop.shape == (batch.seeds, 3)
        assert batch.degree.sum() == batch.edge_index.size(1)

"""The interface of augmenters: whose generator draws, PyG's transforms beside them, preparation, clear errors."""

import copy

import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.transforms import AddSelfLoops, BaseTransform, Compose, NormalizeFeatures, ToUndirected

from graphcl.attachments import attach
from graphcl.augment import (
    AdaptiveDropEdges,
    AdaptiveMaskColumns,
    AddEdges,
    AddNoise,
    Augmenter,
    DropEdges,
    DropEntries,
    DropNodes,
    Dropping,
    HalfHop,
    HeatDiffusion,
    MaskColumns,
    MaskRows,
    RandomWalkSubgraph,
    ShuffleRows,
    add_edges,
    add_noise,
    apply,
    augmenter,
    drop_edges,
    drop_entries,
    drop_nodes,
    half_hop,
    keep_columns,
    mask_columns,
    mask_rows,
    prepare,
    random_walk_subgraph,
    random_walks,
    shuffle_rows,
)
from graphcl.ops.graph_matrices.sparse import compress
from tests.augment.graphs import cycle, seeded

AUGMENTERS = [
    DropEdges(0.5),
    DropEdges(0.5, undirected=True),
    AdaptiveDropEdges(0.5),
    AddEdges(0.5),
    DropNodes(0.5),
    RandomWalkSubgraph(2, 5),
    MaskColumns(0.5),
    AdaptiveMaskColumns(0.5, rule="dense"),
    MaskRows(0.5),
    DropEntries(0.5),
    ShuffleRows(),
    AddNoise(0.5),
    Dropping(0.5, 0.5),
    HalfHop(0.5, 0.5),
    Dropping(0.5, 0.5, centrality="degree", rule="dense"),
]
X, EDGES = torch.rand(30, 20, generator=seeded(7)), cycle(30)
FUNCTIONS = [
    lambda **g: drop_edges(EDGES, 0.5, **g),
    lambda **g: add_edges(EDGES, 30, 0.5, **g).edge_index,
    lambda **g: drop_nodes(EDGES, 30, 0.5, **g).edge_index,
    lambda **g: half_hop(EDGES, 30, 0.5, **g).edge_index,
    lambda **g: random_walks(EDGES, 30, torch.arange(30), 9, **g),
    lambda **g: random_walk_subgraph(EDGES, 30, walks=2, length=5, **g).edge_index,
    lambda **g: keep_columns(X, 0.5, **g),
    lambda **g: mask_columns(X, 0.5, **g),
    lambda **g: mask_rows(X, 0.5, **g),
    lambda **g: drop_entries(X, 0.5, **g),
    lambda **g: shuffle_rows(X, **g),
    lambda **g: add_noise(X, 0.5, **g),
]


def graph() -> Data:
    return Data(x=X.clone(), edge_index=EDGES.clone())


def equal(a: Data, b: Data) -> bool:
    return torch.equal(a.x, b.x) and torch.equal(a.edge_index, b.edge_index)


@pytest.fixture
def global_seed():
    """A known state of the global generator, put back afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        yield


@pytest.mark.usefixtures("global_seed")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_draw_from_the_generator_or_else_from_the_global_one(function):
    state = torch.get_rng_state()
    with_own = function(generator=seeded(3))
    assert torch.equal(torch.get_rng_state(), state)
    without = function()
    assert not torch.equal(torch.get_rng_state(), state)
    assert torch.equal(without, with_own)  # the two have the same seed
    assert not torch.equal(function(), without)


@pytest.mark.usefixtures("global_seed")
@pytest.mark.parametrize("augment", AUGMENTERS, ids=repr)
def test_the_generator_of_the_call_comes_first_then_that_of_the_constructor_then_the_global_one(augment):
    data, state = graph(), torch.get_rng_state()
    called = augment(data, seeded(3))
    held = copy.deepcopy(augment)
    held.generator = seeded(3)
    assert equal(held(data), called)
    held.generator = seeded(4)
    assert equal(held(data, seeded(3)), called)
    assert equal(held(data), augment(data, seeded(4)))  # the call left the constructor's generator alone
    assert torch.equal(torch.get_rng_state(), state)
    assert equal(augment(data), called)
    assert not torch.equal(torch.get_rng_state(), state)
    assert not equal(augment(data), called)
    assert equal(data, graph())


@pytest.mark.parametrize("augment", AUGMENTERS, ids=repr)
def test_the_result_is_another_graph_with_no_more_attributes_but_a_mark_of_new_nodes(augment):
    data = graph()
    out = augment(data, seeded())
    assert out is not data
    assert set(out.keys()) - {"axes", "slow_node_mask"} == set(data.keys())


@pytest.mark.parametrize("augment", AUGMENTERS, ids=repr)
def test_copies_draw_the_same(augment):
    held = copy.deepcopy(augment)
    held.generator = seeded(5)
    twin = copy.deepcopy(held)
    assert equal(held(graph()), twin(graph()))


@pytest.mark.parametrize("first", [AddSelfLoops(), ToUndirected(), NormalizeFeatures()], ids=repr)
@pytest.mark.parametrize("augment", AUGMENTERS, ids=repr)
def test_composition_with_pyg_both_ways(augment, first):
    data, generator = graph(), seeded(1)
    after = apply(Compose([first, augment]), data, generator)
    assert equal(after, augment(first(data), seeded(1)))
    before = apply(Compose([augment, first]), data, seeded(1))
    assert equal(before, first(augment(data, seeded(1))))
    held = copy.deepcopy(augment)
    held.generator = seeded(1)
    assert equal(Compose([held, first])(data), before)
    assert equal(data, graph())


def test_each_part_of_a_composition_draws_from_the_same_generator():
    nested = Compose([DropEdges(0.3), Compose([MaskColumns(0.3), DropEdges(0.3)])])
    generator, data = seeded(2), graph()
    expected = DropEdges(0.3)(MaskColumns(0.3)(DropEdges(0.3)(data, generator), generator), generator)
    assert equal(apply(nested, data, seeded(2)), expected)


class WithGenerator(nn.Module):
    """A module that takes a generator, in its forward alone."""

    def forward(self, data, generator=None):
        out = copy.copy(data)
        out.x = torch.rand(data.x.shape, generator=generator)
        return out


def named(data, *, generator):
    """A function that writes to what it is given."""
    data.x = torch.rand(data.x.shape, generator=generator)
    return data


class Halved(BaseTransform):
    def forward(self, data):
        data.x = data.x / 2
        return data


@pytest.mark.parametrize("augmentation", [WithGenerator(), named], ids=["module", "function"])
def test_callables_get_the_generator_if_they_have_the_parameter(augmentation):
    data = graph()
    assert torch.equal(apply(augmentation, data, seeded(1)).x, torch.rand(X.shape, generator=seeded(1)))
    assert torch.equal(data.x, X)


def test_callables_without_the_parameter_go_without_it():
    data = graph()
    for augmentation in (Halved(), Halved().forward):
        assert torch.equal(apply(augmentation, data, seeded(1)).x, X / 2)
    assert torch.equal(data.x, X)
    with pytest.raises(TypeError, match="generator"):
        apply(named, data)  # it has no default, and no generator was given


def test_what_is_no_graph_is_refused():
    message = r"an augmentation must return a torch_geometric Data; .* returned (Tensor|list); return the changed"
    for augmentation in (lambda data: data.x, Compose([DropEdges(0.1), lambda data: [data]])):
        with pytest.raises(TypeError, match=message):
            apply(augmentation, graph())
    with pytest.raises(TypeError, match="augmentation must be callable; got 'drop'; give an Augmenter"):
        augmenter.apply.__wrapped__("drop", graph())


def test_a_subclass_needs_no_constructor():
    class Own(Augmenter):
        def forward(self, data, generator):
            data.x = data.x + torch.rand(1, generator=generator)
            return data

    own = Own()
    assert torch.equal(own(graph(), seeded(1)).x, X + torch.rand(1, generator=seeded(1)))
    assert prepare(own, data := graph()) is data
    assert prepare(lambda data: data, data) is data


def test_features_in_csr_reach_as_dense_what_does_not_take_them_so():
    """Estimators compress features with few nonzeros; a transform of one's own need not know."""
    sparse = Data(x=compress(torch.eye(60)), edge_index=cycle(60))

    class Own(Augmenter):
        def forward(self, data, generator):
            data.x = data.x + torch.rand(data.x.shape, generator=generator)
            return data

    def masked(data):
        data.x[torch.rand_like(data.x) < 0.5] = 0
        return data

    assert torch.equal(apply(Own(), sparse, seeded(1)).x, torch.eye(60) + torch.rand(60, 60, generator=seeded(1)))
    assert torch.equal(apply(AddNoise(0.0), sparse).x, torch.eye(60))
    assert 0 < int(apply(masked, sparse).x.count_nonzero()) < 60
    assert torch.equal(sparse.x.to_dense(), torch.eye(60))  # what was given stays
    assert apply(DropEntries(0.5), sparse, seeded(1)).x.layout == torch.sparse_csr


def test_the_representation_says_the_settings():
    assert repr(DropEdges(0.2, generator=seeded())) == "DropEdges(p=0.2, undirected=False)"
    assert repr(MaskRows(torch.rand(3))) == "MaskRows(p=tensor[3])"
    assert "centrality='degree'" in repr(Dropping(0.1, 0.2, centrality="degree"))


def test_only_what_no_foreign_transform_precedes_is_prepared():
    first, second = Dropping(0.1, 0.2, centrality="degree"), Dropping(0.3, 0.4, centrality="degree")
    both = prepare(Compose([first, Compose([second])]), graph())
    assert len(both.axes) == 5  # a centrality, and two times edges and columns
    assert (
        prepare(Compose([first, AddSelfLoops(), second]), graph()).axes.keys()
        == first.prepare(graph()).axes.keys()
    )
    assert "axes" not in prepare(Compose([AddSelfLoops(), first]), graph())


@pytest.mark.parametrize("foreign", [AddSelfLoops(), HeatDiffusion(1.0, threshold=0.1)], ids=repr)
def test_attachments_of_edges_that_a_foreign_transform_replaces_are_removed(foreign):
    """The same view before and after it: the second must not take the probabilities of edges that are gone."""
    view = Dropping(0.4, 0.4, centrality="degree", rule="dense")
    data = prepare(view, graph())
    for augmentation in (Compose([view, foreign]), Compose([view, foreign, view])):
        out = apply(augmentation, data, seeded(1))
        assert "edge_index" not in out.axes.values()
        assert "node" in out.axes.values()
    assert "edge_index" in apply(Compose([view, NormalizeFeatures()]), data, seeded(1)).axes.values()


def test_composed_without_apply_stale_attachments_are_an_error():
    data = attach(graph(), "edge", drop=torch.ones(60))
    both = Compose([AddSelfLoops(), DropEdges(0.5)])
    assert "drop" not in apply(both, data)
    with pytest.raises(ValueError, match=r"drop must have 90 rows, .* 'edge_index'; got 60; .*augment.apply"):
        both(data)

"""S3GC: free rows, walks and negatives, and the graphs that it can embed."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import S3GC
from graphcl.objectives import walk_contrast
from graphcl.training import NodeBatches, Runtime, Step
from tests.easy import planted

SMALL = {"out_channels": 8, "epochs": 2, "walks": 3, "batch_size": 64}


def test_free_rows_stand_for_one_graph_alone():
    data = planted()
    method = S3GC(n_clusters=3, **SMALL).fit(data)
    assert method.module_.free.shape == (150, 8)
    other = Data(x=data.x + 1, edge_index=data.edge_index)
    for use in (method.transform, method.predict):
        with pytest.raises(ValueError, match=r"embeds only the graph that it was fitted on.*set free_rows=False"):
            use(other)
    inductive = S3GC(free_rows=False, **SMALL).fit(data)
    assert inductive.module_.free is None
    assert inductive.transform(other.subgraph(torch.arange(40))).shape == (40, 8)


def test_every_part_of_the_encoder_matters_and_is_trained():
    data = planted()
    for size, tensors in (("small", 5), ("big", 11)):
        start = S3GC(size=size, **{**SMALL, "epochs": 0}).fit(data)
        after = S3GC(size=size, **SMALL).fit(data)
        pairs = list(zip(start.module_.state_dict().values(), after.module_.state_dict().values(), strict=True))
        assert len(pairs) == tensors
        assert all(not torch.equal(a, b) for a, b in pairs)
        torch.testing.assert_close(after.embedding_.norm(dim=1), torch.ones(150))
    assert all((bias == 0).all() for name, bias in start.module_.state_dict().items() if name.endswith("bias"))


def test_walks_and_negatives():
    data = planted()
    method = S3GC(walk_length=4, **SMALL)
    graphs = method._checked(data)
    method._infer(graphs)
    module = method._build(graphs[0]).train()
    method._batches(module, graphs, Runtime.launch("cpu"))
    step = Step("walks", 0, 0, torch.Generator().manual_seed(0))
    roles = module.companions(torch.arange(150), step)
    assert {name: tuple(nodes.shape) for name, nodes in roles.items()} == {
        "positives": (150, 3, 3),
        "negatives": (150, 3, 3),
    }
    neighbours = set(map(tuple, data.edge_index.T.tolist())) | {(i, i) for i in range(150)}
    first = roles["positives"][..., 0]
    assert all((i, j) in neighbours or (j, i) in neighbours for i in range(150) for j in first[i].tolist())
    same = [(data.y[nodes] == data.y[:, None, None]).float().mean().item() for nodes in roles.values()]
    assert same[0] > 0.7 > 0.45 > same[1]


def test_a_batch_has_the_loss_of_the_whole_graph_on_the_same_walks():
    data = planted()
    method = S3GC(**SMALL)
    graphs = method._checked(data)
    method._infer(graphs)
    module = method._build(graphs[0]).train()
    batches = method._batches(module, graphs, Runtime.launch("cpu"))
    assert isinstance(batches, NodeBatches)
    seeds = torch.randperm(150, generator=torch.Generator().manual_seed(0))[:50]
    step = Step("walks", 0, 0, torch.Generator().manual_seed(1))
    roles = module.companions(seeds, step)
    with torch.no_grad():
        part = module(batches.sample(seeds, (), roles=roles), step)
        expected = walk_contrast(module.rows(batches.whole), seeds, roles["positives"], roles["negatives"])
    torch.testing.assert_close(part["contrast"], expected)


def test_features_from_a_source_are_refused():
    class Source:
        def __init__(self, x):
            self.x, self.shape, self.dtype = x, x.shape, x.dtype

        def size(self, axis=None):
            return self.x.size() if axis is None else self.x.size(axis)

        def gather(self, nodes):
            return self.x[nodes]

    data = planted()
    given = Data(x=Source(data.x), edge_index=data.edge_index, num_nodes=150)
    with pytest.raises(ValueError, match="s3gc reads x as a whole, not from a source"):
        S3GC(**SMALL).fit(given)

"""Views of GraphCL and candidates of D-SLA through the one interface: the draws of their functions."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import (
    EditCandidates,
    EditScheme,
    GraphViews,
    apply,
    draw_bonds,
    edit_candidates,
    graph_views,
    prepare,
)
from tests.augment.candidates import random_batch
from tests.augment.graphs import cycle, seeded


def same(a: Data, b: Data) -> bool:
    left, right = a.to_dict(), b.to_dict()
    return left.keys() == right.keys() and all(torch.equal(left[key], right[key]) for key in left)


def test_views_are_those_of_the_function():
    batch = random_batch(0)
    augment = GraphViews(["drop-nodes", "mask-nodes"], strength=0.4, mask_token=(9, 9))
    expected = graph_views(
        batch, ["drop-nodes", "mask-nodes"], strength=0.4, mask_token=(9, 9), generator=seeded(1)
    )
    assert same(augment(batch, seeded(1)), expected)
    assert same(apply(augment, batch, seeded(1)), expected)
    held = GraphViews(["drop-nodes", "mask-nodes"], strength=0.4, mask_token=(9, 9), generator=seeded(1))
    assert same(held(batch), expected)
    assert not same(held(batch), expected)
    assert prepare(augment, batch) is batch


def test_candidates_are_those_of_the_function():
    batch, scheme = random_batch(0, largest=20), EditScheme()
    augment = EditCandidates(scheme, new_attributes=draw_bonds, mask_token=(9, 9))
    expected = edit_candidates(batch, scheme, new_attributes=draw_bonds, mask_token=(9, 9), generator=seeded(1))
    assert same(apply(augment, batch, seeded(1)), expected)
    assert len(expected.ptr) - 1 == scheme.total * (len(batch.ptr) - 1)
    assert "new_attributes=draw_bonds" in repr(augment)


@pytest.mark.parametrize("augment", [GraphViews(["subgraph"]), EditCandidates(EditScheme())], ids=repr)
def test_a_batch_must_say_where_its_graphs_begin(augment):
    with pytest.raises(ValueError, match="data must have the tensor ptr; got"):
        augment(Data(x=torch.zeros(4, 1).long(), edge_index=cycle(4)))


def test_views_are_checked_at_construction():
    with pytest.raises(ValueError, match=r"strength must lie in \[0, 1\]; got 2"):
        GraphViews(["subgraph"], strength=2.0)
    with pytest.raises(ValueError, match="give mask_token"):
        GraphViews(["mask-nodes"])

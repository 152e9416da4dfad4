"""Colour refinement against nested tuples, and the encoder on distinct rows against the encoder on all nodes."""

from copy import deepcopy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from graphcl.augment import EditScheme, draw_bonds, edit_candidates
from graphcl.encoders import MoleculeGIN, count_bonds
from graphcl.encoders.graph_level.graph_layers import NodeNorm
from graphcl.ops.colour_refinement import DistinctRows, refine_colours
from graphcl.ops.weighted_norm import weighted_batch_norm
from tests.augment.candidates import random_batch


def candidates(seed: int):
    """A batch of D-SLA candidates with atom and bond categories."""
    batch = random_batch(seed)
    generator = torch.Generator().manual_seed(seed)
    batch.x = torch.stack([torch.randint(3, (len(batch.x),), generator=generator)] * 2, dim=1)
    batch.x[:, 1] = 0
    batch.edge_attr = torch.zeros(batch.edge_index.size(1), 2).long()
    scheme = EditScheme()
    return edit_candidates(batch, scheme, new_attributes=draw_bonds, mask_token=(119, 0), generator=generator)


def refine_by_hand(x, edge_index, marks, num_layers):
    """Labels as nested tuples."""
    labels = [tuple(row) for row in x.tolist()]
    yield labels
    for _ in range(num_layers):
        received = [[] for _ in labels]
        for u, v in edge_index.T.tolist():
            received[v].append(labels[u])
        labels = [
            (own, tuple(sorted(them)), tuple(mark))
            for own, them, mark in zip(labels, received, marks.tolist(), strict=True)
        ]
        yield labels


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000))
def test_labels_are_those_of_colour_refinement(seed):
    batch = candidates(seed)
    bonds = count_bonds(batch.edge_index, batch.edge_attr, len(batch.x))
    first, layers = refine_colours(batch.x, batch.edge_index, bonds, 3)
    for rows, expected in zip([first, *layers], refine_by_hand(batch.x, batch.edge_index, bonds, 3), strict=True):
        pairs = set(zip(rows.label.tolist(), expected, strict=True))
        assert len(pairs) == len(rows.node) == len(set(expected))
        assert torch.equal(rows.label[rows.node], torch.arange(len(rows.node)))
        assert torch.equal(rows.times, torch.bincount(rows.label))
    assert len(layers[0].node) < len(batch.x)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), training=st.booleans(), jump=st.sampled_from(["last", "concat", "sum"]))
def test_the_encoder_agrees_with_one_row_per_node(seed, training, jump):
    """Embeddings, gradients and running statistics."""
    batch = candidates(seed)
    torch.manual_seed(seed)
    distinct = MoleculeGIN(6, 3, jump=jump).double().train(training)
    plain = deepcopy(distinct)
    every = DistinctRows.all_nodes(batch.edge_index, len(batch.x))
    plain._distinct = lambda *_: (every, [every] * 3)
    weights = torch.randn(len(batch.x), plain.out_channels, dtype=torch.float64)
    for model in (distinct, plain):
        (model(batch.x, batch.edge_index, batch.edge_attr) * weights).sum().backward()
    for ours, theirs in zip(distinct.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-8, atol=1e-9)
    torch.testing.assert_close(distinct.state_dict(), plain.state_dict())
    torch.testing.assert_close(*(m.eval()(batch.x, batch.edge_index, batch.edge_attr) for m in (distinct, plain)))


def test_dropout_is_drawn_for_every_node():
    """Equal atoms have independent dropout masks."""
    torch.manual_seed(0)
    model = MoleculeGIN(64, 1, dropout=0.5).train()
    z = model(torch.zeros(2, 2).long(), torch.zeros(2, 0).long(), torch.zeros(0, 2).long())
    assert ((z[0] == 0) != (z[1] == 0)).any()


@pytest.mark.parametrize("nodes", [1, 2, 5])
def test_nodes_that_are_all_equal(nodes):
    torch.manual_seed(0)
    model = MoleculeGIN(4, 2).train()
    z = model(torch.zeros(nodes, 2).long(), torch.zeros(2, 0).long(), torch.zeros(0, 2).long())
    z.sum().backward()
    assert z.shape == (nodes, 4)
    assert torch.isfinite(z).all()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters())
    assert int(model.batch_norms[0].num_batches_tracked) == (0 if nodes == 1 else 1)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), n=st.integers(1, 6), momentum=st.sampled_from([0.1, None]))
def test_weighted_normalisation_is_that_of_repeated_rows(seed, n, momentum):
    generator = torch.Generator().manual_seed(seed)
    times = torch.randint(1, 4, (n,), generator=generator)
    times[0] += 1
    label = torch.repeat_interleave(torch.arange(n), times)
    ours, theirs = (nn.BatchNorm1d(3, momentum=momentum).double() for _ in range(2))
    results = []
    for norm in (ours, theirs):
        z = torch.randn(n, 3, dtype=torch.float64, generator=generator.manual_seed(seed + 1)).requires_grad_()
        with torch.no_grad():
            norm.weight.copy_(torch.tensor([0.5, 1.0, -2.0]))
        for _ in range(2):
            rows = weighted_batch_norm(z, times, norm)[label] if norm is ours else norm(z[label])
        (rows * torch.randn(rows.shape, dtype=torch.float64, generator=generator.manual_seed(9))).sum().backward()
        results.append((rows.detach(), z.grad, norm.weight.grad, norm.bias.grad, dict(norm.named_buffers())))
    torch.testing.assert_close(*results)


def test_weighted_normalisation_passes_gradcheck():
    norm = nn.BatchNorm1d(2).double()
    z = torch.randn(3, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    times = torch.tensor([1, 3, 2])
    assert torch.autograd.gradcheck(lambda z: weighted_batch_norm(z, times, norm), z)


def test_half_precision_is_normalised_in_float32():
    z = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    times = torch.arange(1, 51)
    exact = weighted_batch_norm(z.bfloat16().double(), times, nn.BatchNorm1d(2).double())
    with torch.autocast("cpu", torch.bfloat16):
        half = weighted_batch_norm(z.bfloat16(), times, nn.BatchNorm1d(2))
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.double(), exact, rtol=0.01, atol=0.01)


def test_a_node_norm_with_multiplicity_one_is_batch_norm():
    norm, plain = NodeNorm(2), nn.BatchNorm1d(2)
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(norm(z, torch.ones(4).long(), 4), plain(z))

import networkx as nx
import pytest
import torch

from graphcl.evaluation import (
    adamic_adar,
    common_neighbours,
    fit_decoder,
    heuristic_prediction,
    leaky_links,
    link_prediction,
    random_projection_rows,
    split_links,
    uniform_negatives,
)
from graphcl.evaluation.links.decoders import PENALTIES, dot_scorer
from tests.evaluation.links.graphs import blocks

BLOCK = torch.arange(90) // 30


def problem(**changes):
    edges = blocks()
    return edges, split_links(edges, 90, test=0.2, **changes)


def test_heuristics_are_those_of_networkx():
    edges, _ = problem()
    graph = nx.Graph(edges.T.tolist())
    graph.add_nodes_from(range(90))
    pairs = torch.combinations(torch.arange(90)).T
    every = list(map(tuple, pairs.T.tolist()))
    common = [len(list(nx.common_neighbors(graph, u, v))) for u, v in every]
    index = [value for *_, value in nx.adamic_adar_index(graph, every)]
    assert common_neighbours(edges, 90)(pairs).tolist() == common
    torch.testing.assert_close(adamic_adar(edges, 90)(pairs), torch.tensor(index, dtype=torch.double))


def test_random_projections_keep_dot_products_on_average():
    edges, _ = problem()
    z = random_projection_rows(edges, 90, channels=20_000).double()
    adjacency = torch.zeros(90, 90).double()
    adjacency[edges[0], edges[1]] = 1
    adjacency += torch.eye(90)
    s = adjacency / (adjacency.sum(1)[:, None] * adjacency.sum(1)).sqrt()
    assert float((z @ z.T - s @ s).abs().max()) < 0.02
    assert not torch.equal(random_projection_rows(edges, 90), random_projection_rows(edges, 90, seed=1))


def test_rows_that_know_the_blocks_predict_links_and_noise_does_not():
    _, split = problem()
    informed = link_prediction(torch.eye(3)[BLOCK], split, per_positive=20)
    noise = torch.randn(90, 3, generator=torch.Generator().manual_seed(0))
    blind = link_prediction(noise, split, decoders=["dot"], per_positive=20)
    assert informed["dot/auc"] > 0.75
    assert informed["mlp/auc"] > 0.75
    assert informed["mlp/setting"] in PENALTIES
    assert abs(blind["dot/auc"] - 0.5) < 0.15
    assert blind["dot/hard/mrr"] < informed["dot/hard/mrr"] + 0.1
    names = {"ap", "auc", "mrr", "hits@10", "hits@50", "hits@100"}
    assert set(blind) == {f"dot/{kind}{name}" for kind in ("", "hard/") for name in names}
    assert informed == link_prediction(torch.eye(3)[BLOCK], split, per_positive=20)


def test_hard_negatives_are_harder_than_uniform_ones():
    _, split = problem()
    found = heuristic_prediction("adamic-adar", split, per_positive=20)
    assert found["heuristic/hard/auc"] < found["heuristic/auc"] - 0.1


def test_the_decoder_finds_what_a_dot_product_cannot():
    """Blocks in the signs of a column whose products must be weighted negatively against a loud one."""
    _, split = problem()
    sign = torch.nn.functional.one_hot(BLOCK).float()
    loud = 30 * torch.randn(90, 1, generator=torch.Generator().manual_seed(0))
    z = torch.cat([sign, loud], dim=1)
    found = link_prediction(z, split, per_positive=20)
    assert found["mlp/auc"] > found["dot/auc"] + 0.1


def test_the_setting_is_chosen_on_validation_and_not_on_test():
    _, split = problem(val=0.2)
    z = torch.randn(90, 8, generator=torch.Generator().manual_seed(1))
    negatives = uniform_negatives(split)
    fitted = fit_decoder(z, split, negatives)
    assert fitted.setting == max(PENALTIES, key=lambda penalty: fitted.val_ap[penalty])
    object.__setattr__(split, "test", split.train)
    again = fit_decoder(z, split, {**negatives, "test": negatives["train"]})
    assert (again.setting, again.val_ap) == (fitted.setting, fitted.val_ap)
    object.__setattr__(split, "val", split.train)
    assert fit_decoder(z, split, negatives).val_ap != fitted.val_ap, "or nothing here is sensitive"


def test_the_leak_is_worth_something_and_named():
    """Rows of the adjacency matrix itself reconstruct visible edges."""
    _, split = problem()

    def of(part):
        z = random_projection_rows(part.edge_index, 90)
        return link_prediction(z, part, decoders=["dot"], per_positive=20)

    honest, leaky = of(split), of(leaky_links(split))
    assert set(leaky) == {f"leaky/{name}" for name in honest}
    assert leaky["leaky/dot/auc"] > honest["dot/auc"] + 0.1
    assert set(heuristic_prediction("common-neighbours", leaky_links(split), per_positive=4)) == {
        f"leaky/{name}" for name in heuristic_prediction("common-neighbours", split, per_positive=4)
    }


def test_bad_input_is_one_line():
    _, split = problem()
    z = torch.ones(90, 2)
    for call, message in (
        (lambda: link_prediction(z[:80], split), "one row for each of 90 nodes; got 80; give rows of nodes"),
        (lambda: link_prediction(z * torch.nan, split), "z must be finite; got NaN"),
        (lambda: link_prediction(z, split, decoders=["cosine"]), "no decoder is named 'cosine'; choose among dot"),
        (lambda: heuristic_prediction("katz", split), "no heuristic is named 'katz'; choose among common"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(TypeError, match="decoders must be a list of names; got 'dot'"):
        link_prediction(z, split, decoders="dot")
    assert dot_scorer(z)(split.test).unique().tolist() == [2.0]

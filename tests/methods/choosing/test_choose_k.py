"""The number of clusters by TwoView's answers for each."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import TwoView, choose_k
from graphcl.datasets import load
from graphcl.evaluation import agreement
from graphcl.methods import Choice

FAST = {"starts": 2, "strengths": (0.15,), "rounds": 1}


def blocks(k: int) -> Data:
    return load("planted-partition", nodes=200, blocks=k, degree_in=8.0, degree_out=1.0, signal=3.0).graph


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_number_of_blocks_is_found(k):
    choice = choose_k(blocks(k), range(2, 9), **FAST)
    assert isinstance(choice, Choice)
    assert choice.best == k
    assert list(choice.scores) == list(choice.explained) == list(choice.labels) == list(range(2, 9))


def test_features_that_tell_little_do_not_merge_blocks_that_edges_tell_apart():
    graph = load("planted-partition", nodes=1200, blocks=8, degree_out=3.0).graph
    assert choose_k(graph, range(5, 11), strengths=(0.15,), starts=1).best == 8


def test_each_answer_is_that_of_two_view_alone():
    graph = blocks(3)
    choice = choose_k(graph, [4, 2], seed=5, **FAST)
    for k in (2, 4):
        alone = TwoView(n_clusters=k, seed=5, **FAST).fit(graph)
        assert torch.equal(choice.labels[k], alone.labels_)
        assert choice.scores[k] == alone.score_ == agreement(graph, alone.labels_, n_clusters=k, seed=5)


def test_explained_variance_by_hand():
    scores = {1: {"J": 0.0, "R2": [0.0], "r": [0.0]}, 2: {"J": 1.0, "R2": [0.5, 1.0], "r": [0.25, 0.25]}}
    choice = Choice(scores, {1: torch.zeros(4).long(), 2: torch.tensor([0, 1, 1, 1])})
    assert choice.explained == {1: 0.0, 2: pytest.approx(0.25 * 0.75 * (1.5 + 0.5))}
    assert choice.best == 2


def test_classes_are_not_read_and_callbacks_hear_of_every_candidate():
    graph, scrambled, reports = blocks(3), blocks(3), []
    scrambled.y = torch.zeros(7)
    first = choose_k(graph, (2, 3), callbacks=[reports.append], **FAST)
    assert choose_k(scrambled, (2, 3), **FAST).scores == first.scores
    assert [report.done for report in reports] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {report.total for report in reports} == {8}


@pytest.mark.parametrize(
    ("numbers", "settings", "message"),
    [
        ([], {}, "must name at least one number"),
        ([0, 2], {}, "n_clusters must be greater than or equal to 1; got 0"),
        ([2, 201], {}, "n_clusters must be at most the number of nodes; got 201 for 200 nodes"),
        ([2], {"hops": 3}, "two-view has no parameter 'hops'"),
        ([2], {"rounds": -1}, "rounds must be greater than or equal to 0"),
    ],
)
def test_bad_input(numbers, settings, message):
    with pytest.raises(ValueError, match=message):
        choose_k(blocks(3), numbers, **settings)


def test_numbers_are_integers():
    with pytest.raises(TypeError, match="integer"):
        choose_k(blocks(3), [2.5])

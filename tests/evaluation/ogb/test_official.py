import subprocess
import sys

import pytest
import torch

from graphcl.evaluation import ogb_link_score, ogb_metric, ogb_score
from graphcl.evaluation.ogb import official

NO_NETWORK = """
import sys, threading
import torch
from graphcl.evaluation import ogb_score

def forbid(event, arguments):
    if event.startswith("socket."):
        raise AssertionError(event)

sys.addaudithook(forbid)
started, start = [], threading.Thread.start
threading.Thread.start = lambda self: (started.append(self), start(self))
assert ogb_score("ogbn-arxiv", torch.tensor([0, 1]), torch.tensor([0, 1])) == 1
assert not started, started
import outdated
assert sys.modules["outdated"] is outdated is not None
print("fine")
"""


def test_nothing_asks_the_network():
    done = subprocess.run([sys.executable, "-c", NO_NETWORK], capture_output=True, text=True, check=False)
    assert done.stdout == "fine\n", done.stderr


def test_metrics():
    names = ("ogbn-arxiv", "ogbn-papers100M", "ogbg-molhiv", "ogbg-molpcba", "ogbl-collab")
    assert [ogb_metric(name) for name in names] == ["acc", "acc", "rocauc", "ap", "hits@50"]


def test_scores_are_those_of_ogb():
    from ogb.graphproppred import Evaluator as OfGraphs
    from ogb.linkproppred import Evaluator as OfLinks
    from ogb.nodeproppred import Evaluator as OfNodes

    draw = torch.Generator().manual_seed(0)
    y, predicted = torch.randint(0, 4, (2, 60, 1), generator=draw)
    expected = OfNodes("ogbn-products").eval({"y_true": y, "y_pred": predicted})["acc"]
    assert (
        ogb_score("ogbn-products", y[:, 0], predicted[:, 0]) == expected == float((y == predicted).double().mean())
    )
    y, logits = (torch.rand(50, 128, generator=draw) > 0.6).float(), torch.randn(50, 128, generator=draw)
    y[torch.rand(50, 128, generator=draw) > 0.7] = torch.nan
    expected = OfGraphs("ogbg-molpcba").eval({"y_true": y, "y_pred": logits})["ap"]
    assert ogb_score("ogbg-molpcba", y, logits) == pytest.approx(expected, abs=0)
    positive, negative = torch.randn(80, generator=draw) + 1, torch.randn(300, generator=draw)
    expected = OfLinks("ogbl-collab").eval({"y_pred_pos": positive, "y_pred_neg": negative})["hits@50"]
    assert ogb_link_score("ogbl-collab", positive, negative) == expected
    assert expected == float((positive > negative.sort().values[-50]).double().mean())


def test_ogb_absent(monkeypatch):
    official._evaluator.cache_clear()
    for name in [module for module in sys.modules if module.split(".")[0] == "ogb"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Hide(), *sys.meta_path])
    with pytest.raises(ModuleNotFoundError, match=r"^this needs the package ogb; pip install 'graphcl\[ogb\]'$"):
        ogb_score("ogbn-arxiv", torch.zeros(2).long(), torch.zeros(2).long())


class _Hide:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "ogb":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


SCORES = torch.zeros(4)
CLASSES = SCORES.long()


@pytest.mark.parametrize(
    ("score", "arguments", "message"),
    [
        (ogb_score, ("ogbn-arxiv", CLASSES, CLASSES[:3]), r"must both be \(n, 1\); got \[4\] and \[3\]"),
        (ogb_score, ("ogbg-molpcba", torch.zeros(4, 3), torch.zeros(4, 3)), "should be 128 but 3"),
        (ogb_score, ("ogbn-arxiv", CLASSES - 1, CLASSES), "classes from 0; got -1; leave unlabelled"),
        (ogb_score, ("ogbn-arxiv", CLASSES[:0], CLASSES[:0]), "at least one prediction; got none"),
        (ogb_score, ("ogbg-molhiv", SCORES, SCORES), "No positively labeled data"),
        (ogb_score, ("ogbg-molhiv", SCORES, SCORES / 0), "must be finite; got NaN"),
        (ogb_score, ("ogbl-collab", SCORES, SCORES), "scored by pairs of nodes; use ogb_link_score"),
        (ogb_score, ("ogbn-arxive", SCORES, SCORES), "OGB has no dataset 'ogbn-arxive'; choose among ogbn-prot"),
        (ogb_score, ("cora", SCORES, SCORES), "'cora' is no dataset of OGB; give a name as"),
        (ogb_link_score, ("ogbl-collab", SCORES, SCORES[None]), r"y_pred_neg must be a vector .*; got \[1, 4\]"),
        (ogb_link_score, ("ogbl-collab", SCORES / 0, SCORES), "y_pred_pos must be finite"),
        (ogb_link_score, ("ogbn-arxiv", SCORES, SCORES), "scored by acc, not by Hits@K; use ogb_score"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(score, arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        score(*arguments)
    assert "\n" not in str(error.value)

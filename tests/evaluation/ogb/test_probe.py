import pytest
import torch
from sklearn.linear_model import LogisticRegression

from graphcl.evaluation import OGB_PROBES, OgbResult, ogb_probe, ogb_score
from graphcl.evaluation.ogb.linear_models import PENALTIES, linear_models
from graphcl.evaluation.ogb.scaled_rows import ScaledRows
from graphcl.evaluation.ogb.targets import Targets

CPU = torch.device("cpu")


def rows(n=240, classes=4, noise=1.0, seed=0):
    draw = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % classes
    z = 3 * torch.eye(classes, 6)[y] + noise * torch.randn(n, 6, generator=draw)
    parts = torch.randperm(n, generator=draw).split([n // 2, n // 4, n - n // 2 - n // 4])
    masks = {part: torch.zeros(n).bool().index_fill(0, i, True) for part, i in zip(PARTS, parts, strict=True)}
    return z, y, masks


PARTS = ("train", "val", "test")


def test_linear_models_are_those_of_scikit_learn():
    z, y, masks = rows()
    train = masks["train"].nonzero().flatten()
    scaled = ScaledRows(z * 100 + 7, train, CPU)
    found = dict(linear_models(scaled, Targets("ogbn-arxiv", y, 4), train))
    assert tuple(found) == PENALTIES == OGB_PROBES["linear"]["probe_weight_decay"]
    for penalty in PENALTIES[:3]:
        known = LogisticRegression(C=1 / (penalty * len(train)), tol=1e-8, max_iter=1000)
        expected = known.fit(scaled[train].numpy(), y[train].numpy()).predict_proba(scaled[train].numpy())
        got = found[penalty](scaled[train]).softmax(1).detach()
        assert torch.allclose(got, torch.from_numpy(expected).float(), atol=2e-3)


@pytest.mark.parametrize("probe", OGB_PROBES)
def test_classes_are_predicted_and_scored_by_ogb(probe):
    z, y, masks = rows()
    result = ogb_probe("ogbn-arxiv", z, y, masks, probe=probe)
    assert isinstance(result, OgbResult)
    assert result.metric == "acc"
    assert result.val > 0.85
    assert result.test > 0.85
    assert result == ogb_probe("ogbn-arxiv", z, y, masks, probe=probe), "the same bits again"
    noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(1))
    assert ogb_probe("ogbn-arxiv", noise, y, masks, probe=probe).test < 0.5
    hidden = {"linear": 0, "mlp": 256}[probe]
    assert result.parameters == ((6 + 1) * hidden + (hidden + 1) * 4 if hidden else (6 + 1) * 4)


@pytest.mark.parametrize("probe", OGB_PROBES)
def test_tasks_with_missing_labels(probe):
    z, y, masks = rows(noise=0.3)
    tasks = torch.zeros(len(y), 128)
    tasks[:, :2] = torch.stack([y % 2, y // 2], dim=1).float()
    tasks[torch.rand(tasks.shape, generator=torch.Generator().manual_seed(3)) < 0.3] = torch.nan
    result = ogb_probe("ogbg-molpcba", z, tasks, masks, probe=probe)
    assert result.metric == "ap"
    assert result.test > 0.95, "the mean over the two tasks that have both classes"


def test_test_labels_have_no_say():
    z, y, masks = rows(noise=3.0)
    other = torch.where(masks["test"], (y + 1) % 4, y)
    one, two = (ogb_probe("ogbn-arxiv", z, labels, masks) for labels in (y, other))
    assert (one.val, one.chosen) == (two.val, two.chosen)
    assert one.test > two.test
    unfit = torch.where(masks["val"], (y + 1) % 4, y)
    assert ogb_probe("ogbn-arxiv", z, unfit, masks).val < one.val


def test_the_setting_with_the_best_validation_score_is_taken():
    z, y, masks = rows(noise=4.0)
    result = ogb_probe("ogbn-arxiv", z, y, masks)
    train, val = (masks[part].nonzero().flatten() for part in ("train", "val"))
    scaled, targets = ScaledRows(z, train, CPU), Targets("ogbn-arxiv", y, 4)
    on_val = {
        penalty: ogb_score("ogbn-arxiv", y[val], model(scaled[val]).argmax(1))
        for penalty, model in linear_models(scaled, targets, train)
    }
    assert result.val == max(on_val.values())
    assert result.chosen == {"probe_weight_decay": max(on_val, key=lambda penalty: on_val[penalty])}
    assert len(set(on_val.values())) > 1


def test_half_precision_and_large_values_do():
    z, y, masks = rows()
    assert ogb_probe("ogbn-arxiv", z.half(), y, masks).test > 0.85
    assert ogb_probe("ogbn-arxiv", torch.cat([1e8 * z, torch.ones(len(z), 1)], dim=1), y, masks).test > 0.85


def test_bad_input_is_one_line():
    z, y, masks = rows()
    broken = z.index_fill(0, masks["test"].nonzero().flatten()[:1], torch.nan)
    for arguments, message in (
        ((z, y, masks, "svm"), "no probe of OGB entries is named 'svm'; choose among linear, mlp"),
        ((z[1:], y, masks, "linear"), r"z must have one row for each of 240 labels; got \[239, 6\]"),
        ((broken, y, masks, "linear"), "z must be finite"),
        ((z, y, {"train": masks["train"]}, "linear"), "ogbn-arxiv has no val part of a split"),
        ((z, y, masks | {"val": masks["train"]}, "linear"), "parts without a node in common; got node"),
        ((z, torch.where(masks["test"], -1, y), masks, "linear"), "got an unlabelled node in test"),
    ):
        with pytest.raises(ValueError, match=message):
            ogb_probe("ogbn-arxiv", *arguments[:3], probe=arguments[3])
    tasks = y[:, None].float()
    for splits, message in (
        (masks | {"val": masks["train"]}, "parts without a graph in common; got graph"),
        (masks | {"val": masks["val"] & False}, "got none in val"),
    ):
        with pytest.raises(ValueError, match=message):
            ogb_probe("ogbg-molhiv", z, tasks, splits)

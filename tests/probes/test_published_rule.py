"""The rule by which the authors of gCooL read a score: what it may and may not see."""

import sys
from pathlib import Path

import pytest
import torch

from graphcl.evaluation import node_splits

SCRIPTS = Path(__file__).parents[2] / "benchmarks" / "probes"


@pytest.fixture
def published_rule(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.delitem(sys.modules, "published_rule", raising=False)
    import published_rule

    return published_rule


@pytest.fixture
def noisy():
    """Classes that a linear map reads in part."""
    generator = torch.Generator().manual_seed(0)
    y = torch.arange(300) % 3
    z = torch.nn.functional.one_hot(y).float() + torch.randn(300, 3, generator=generator)
    [split] = node_splits(y, {}, split="random", seed=0)
    return z, y, split


def read(published_rule, z, y, split, steps=200):
    return published_rule.authors_probe(z, y, split, generator=torch.Generator().manual_seed(0), steps=steps)


def test_the_maximum_over_steps_is_no_lower_than_the_step_chosen_on_validation(published_rule, noisy):
    chosen, oracle = read(published_rule, *noisy)
    assert all(oracle[metric] >= chosen[metric] for metric in oracle)
    assert oracle["micro_f1"] > chosen["micro_f1"] > 0.4


def test_classes_far_apart_are_read_without_a_mistake(published_rule):
    y = torch.arange(90) % 3
    [split] = node_splits(y, {}, split="random", seed=0)
    z = 10 * torch.nn.functional.one_hot(y).float()
    chosen, oracle = read(published_rule, z, y, split)
    assert chosen == oracle == {"micro_f1": 1.0, "macro_f1": 1.0}


def test_the_table_has_a_row_for_each_rule(published_rule):
    rows = [
        {"embedding": "gcool", "split": split, "rule": rule, "micro_f1": 0.9 + split / 100, "macro_f1": 0.8}
        for split in range(2)
        for rule in published_rule.RULES
    ]
    text = published_rule.table(rows)
    assert text.count("90.50 ± 0.71") == len(published_rule.RULES)
    assert "2 random splits" in text
    assert "| 91.0 |" in text

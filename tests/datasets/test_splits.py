"""Splits by hand and by the rule in words; files of splits, and what is no such file."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphcl.datasets import (
    GraphCollection,
    GraphCollectionDataset,
    random_split,
    read_split,
    scaffold_balanced_split,
    scaffold_split,
)
from graphcl.datasets import write_split as write
from graphcl.datasets.splits import split_graphs


def naive(scaffolds):
    """The rule, written out with sets of all scaffolds."""
    groups = {
        scaffold: [i for i, other in enumerate(scaffolds) if other == scaffold] for scaffold in set(scaffolds)
    }
    order = sorted(groups.values(), key=lambda group: (-len(group), -group[0]))
    train, val, test = [], [], []
    for group in order:
        if not len(train) + len(group) > 0.8 * len(scaffolds):
            train.extend(group)
        elif not len(train) + len(val) + len(group) > 0.9 * len(scaffolds):
            val.extend(group)
        else:
            test.extend(group)
    return [train, val, test]


@given(st.lists(st.sampled_from("abcdefghij"), max_size=60))
def test_the_scaffold_split_follows_its_rule(scaffolds):
    split = scaffold_split(scaffolds)
    assert list(split) == ["train", "val", "test"]
    assert [part.tolist() for part in split.values()] == naive(scaffolds)
    assert all(part.dtype == torch.int64 for part in split.values())


def test_equal_sizes_go_by_their_first_graph_from_the_last():
    split = scaffold_split(list("abcdefghij"))
    assert [part.tolist() for part in split.values()] == [[9, 8, 7, 6, 5, 4, 3, 2], [1], [0]]


def test_a_scaffold_that_is_too_large_is_tested_on():
    split = scaffold_split(["a"] * 19 + ["b"])
    assert [part.tolist() for part in split.values()] == [[19], [], list(range(19))]


def test_a_balanced_scaffold_split_trains_on_large_scaffolds_and_draws_the_others():
    scaffolds = ["large"] * 30 + ["other"] * 8 + [f"small {i // 2}" for i in range(62)]
    splits = [scaffold_balanced_split(scaffolds, seed) for seed in range(5)]
    for split in splits:
        assert sorted(torch.cat(list(split.values())).tolist()) == list(range(100))
        assert [len(part) for part in split.values()] == [80, 10, 10]
        assert set(range(38)) <= set(split["train"].tolist())
        homes = [{scaffolds[i] for i in part} for part in split.values()]
        assert not homes[0] & homes[1]
        assert not (homes[0] | homes[1]) & homes[2]
    assert torch.equal(splits[0]["test"], scaffold_balanced_split(scaffolds, 0)["test"])
    assert len({tuple(split["test"].tolist()) for split in splits}) == 5
    assert not torch.equal(splits[0]["test"], scaffold_split(scaffolds)["test"].sort().values)


def test_a_random_split_is_drawn_once_and_holds_every_graph():
    split, again, other = random_split(101, 0), random_split(101, seed=0), random_split(101, seed=1)
    assert [len(part) for part in split.values()] == [80, 10, 11]
    assert torch.equal(torch.cat(list(split.values())).sort().values, torch.arange(101))
    assert all(torch.equal(split[part], again[part]) for part in split)
    assert not torch.equal(split["test"], other["test"])
    assert [len(part) for part in random_split(10, seed=0).values()] == [8, 1, 1]
    assert [len(part) for part in random_split(1, seed=0).values()] == [0, 0, 1]


def dataset(rows=None, **split):
    graphs = GraphCollection(
        torch.zeros(4, 1), torch.zeros(2, 0).long(), torch.arange(5), torch.zeros(5, dtype=torch.long)
    )
    return GraphCollectionDataset("mine", graphs, splits=split, rows=rows)


def test_a_file_keeps_rows_in_their_order(tmp_path):
    split = {"train": torch.tensor([3, 1]), "val": torch.tensor([0]), "test": torch.tensor([], dtype=torch.long)}
    write(tmp_path / "graphs.npz", dataset(**split))
    assert {part: index.tolist() for part, index in read_split(tmp_path / "graphs.npz", 4).items()} == {
        "train": [3, 1], "val": [0], "test": [],
    }  # fmt: skip
    write(tmp_path / "rows.npz", dataset(rows=torch.tensor([0, 2, 5, 9]), **split))
    assert read_split(tmp_path / "rows.npz", 10)["train"].tolist() == [9, 2]
    assert split_graphs(4, str(tmp_path / "graphs.npz"), 0)["val"].tolist() == [0]
    with pytest.raises(ValueError, match="mine has no split to write"):
        write(tmp_path / "none.npz", dataset())


def test_valid_is_another_word_for_val(tmp_path):
    np.savez(tmp_path / "s.npz", train=[0], valid=[1], test=[2])
    assert read_split(tmp_path / "s.npz", 3)["val"].tolist() == [1]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"train": [0], "test": [1]}, "val is missing; a split has the arrays train, val and test"),
        ({"train": [0.5], "val": [1], "test": [2]}, "train must be a 1-D array of integers; got float64 of shape"),
        (
            {"train": [[0]], "val": [1], "test": [2]},
            r"train must be a 1-D array of integers; got int64 of shape \[1, 1\]",
        ),
        (
            {"train": [0], "val": [3], "test": [2]},
            r"val must lie in \[0, 2\], the rows of the dataset; got 3 to 3",
        ),
        ({"train": [0], "val": [-1], "test": [2]}, r"val must lie in \[0, 2\]"),
        ({"train": [0, 1], "val": [1], "test": [2]}, "a row appears twice"),
    ],
)
def test_what_is_no_split_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "s.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        read_split(tmp_path / "s.npz", 3)


def test_an_unknown_word_is_refused():
    with pytest.raises(
        ValueError, match=r"split must be none, random, or the path of an .npz file; got 'scafold'"
    ):
        split_graphs(3, "scafold", 0)
    with pytest.raises(FileNotFoundError, match=r"missing\.npz: no such file"):
        split_graphs(3, "missing.npz", 0)

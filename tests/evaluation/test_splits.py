import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphcl.evaluation import Split, node_splits, split_digest, splitting_of
from graphcl.evaluation.splits import Splitting

Y = torch.arange(60) % 3


def masks(*columns):
    """Masks of 60 nodes, in turns train, val and test; one column for each offset."""
    place = (torch.arange(60)[:, None] // 3 + torch.tensor(columns)) % 3
    return {part: place == i for i, part in enumerate(("train", "val", "test"))}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(3, 40), min_size=2, max_size=5))
def test_a_random_split_is_a_partition_that_has_every_class_everywhere(seed, sizes):
    y = torch.cat([torch.full((size,), 2 * number) for number, size in enumerate(sizes)])
    mixed = torch.randperm(len(y) + 7, generator=torch.Generator().manual_seed(seed))
    y = torch.cat([y, torch.full((7,), -1)])[mixed]
    [split] = node_splits(y, {}, seed=seed)
    parts = split.parts().values()
    assert torch.equal(torch.cat(list(parts)).sort().values, (y >= 0).nonzero().flatten())
    for part in parts:
        assert set(y[part].tolist()) == {2 * number for number in range(len(sizes))}


def test_random_splits_are_10_10_80_and_differ_by_seed_alone():
    y = torch.arange(1000) % 3
    first, again, other = (node_splits(y, {}, seed=seed)[0] for seed in (0, 0, 1))
    assert [len(part) for part in first.parts().values()] == [100, 100, 800]
    assert split_digest([first]) == split_digest([again]) != split_digest([other])


def test_own_splits_are_taken_as_they_are():
    given_masks = masks(0, 1)
    splits = node_splits(Y, given_masks)
    assert len(splits) == 2
    for i, split in enumerate(splits):
        for part, nodes in split.parts().items():
            assert torch.equal(nodes, given_masks[part][:, i].nonzero().flatten())
    [alone] = node_splits(Y, {part: mask[:, 0] for part, mask in given_masks.items()})
    assert split_digest([alone]) == split_digest(splits[:1])


def test_masks_may_be_arrays():
    arrays = {part: mask.numpy() for part, mask in masks(0, 1).items()}
    assert split_digest(node_splits(Y.numpy(), arrays)) == split_digest(node_splits(Y, masks(0, 1)))
    with pytest.raises(ValueError, match=r"val mask must be 60 booleans, or as many rows; got torch\.float64"):
        node_splits(Y, {**arrays, "val": arrays["val"].astype(float)})


def test_one_test_mask_may_go_with_several_others():
    given_masks = masks(0, 1)
    test = torch.zeros(60, dtype=torch.bool)
    test[:6] = True
    train, val = (given_masks[part] & ~test[:, None] for part in ("train", "val"))
    splits = node_splits(Y, {"train": train, "val": val, "test": test})
    assert [split.test.tolist() for split in splits] == [list(range(6))] * 2


def test_unlabelled_nodes_are_in_no_part():
    y = Y.clone()
    y[:9] = -1
    for split in (*node_splits(y, masks(0, 1)), *node_splits(y, {})):
        assert all((y[part] >= 0).all() for part in split.parts().values())


def test_auto_is_own_where_there_are_any():
    assert Splitting.__args__ == ("auto", "own", "random")
    assert [splitting_of(masks(0), wanted) for wanted in Splitting.__args__] == ["own", "own", "random"]
    assert splitting_of({}) == "random"


def test_a_class_too_small_for_three_parts_is_left_out():
    y = torch.cat([Y, torch.tensor([3, 3])])
    with pytest.warns(UserWarning, match="left out of the probe: class 3, with fewer than three nodes"):
        [split] = node_splits(y, {})
    assert isinstance(split, Split)
    assert not {60, 61} & set(torch.cat(list(split.parts().values())).tolist())


def without(part):
    return {name: mask for name, mask in masks(0).items() if name != part}


ABSENT = masks(0)
ABSENT["val"] = ABSENT["val"] & (Y != 1)[:, None]


@pytest.mark.parametrize(
    ("y", "given_masks", "split", "message"),
    [
        (Y, {}, "own", "train and val and test missing, there: none; give them or take the split random"),
        (Y, without("val"), "auto", "val missing, there: train, test"),
        (Y, {}, "public", "split must be auto, own or random; got 'public'"),
        (
            Y,
            ABSENT,
            "auto",
            "own split 0 has no node of class 1 in val; give other masks or take the split random",
        ),
        (Y, {**masks(0), "val": masks(0)["train"]}, "auto", "own split 0 has node 0 in more than one part"),
        (Y, {**masks(0, 1), "val": masks(0, 1, 2)["val"]}, "auto", "masks must hold 1 or 3 splits each; got 2"),
        (Y, {**masks(0), "val": torch.zeros(60)}, "auto", "val mask must be 60 booleans"),
        (Y[:50], masks(0), "auto", "train mask must be 50 booleans"),
        (torch.zeros(60).long(), {}, "auto", "needs two classes of at least three nodes; got 1"),
        (torch.full((60,), -1), {}, "auto", "needs two classes of at least three nodes; got 0"),
        (Y > 0, {}, "auto", "one integer per node; got torch.bool"),
        (Y.float(), {}, "auto", "one integer per node; got torch.float32"),
        (Y[:, None], {}, "auto", "one integer per node; got torch.int64 of"),
    ],
)
def test_bad_splits_say_what_is_wrong(y, given_masks, split, message):
    with pytest.raises(ValueError, match=message):
        node_splits(y, given_masks, split=split)

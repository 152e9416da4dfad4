"""Arrays in the cache: what comes back, what counts as missing, and nothing half written."""

import json
import os

import numpy as np
import pytest

from graphcl.datasets.molecules.prepared import (
    FORMAT,
    add_array,
    find_array,
    open_or_make,
    open_prepared,
    write_prepared,
)

ARRAYS = {"x": np.arange(1000, dtype=np.uint8).reshape(-1, 2), "empty": np.empty((2, 0), dtype=np.int16)}
MADE_OF = {"source": "abc", "rdkit": "1"}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "deep" / "mine"
    write_prepared(folder, MADE_OF, ARRAYS, {"skipped": {"unparsable": 1}})
    return folder


def test_arrays_come_back_mapped(folder):
    found = open_prepared(folder, MADE_OF)
    assert found.notes == {"skipped": {"unparsable": 1}}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype
    assert isinstance(found.arrays["x"], np.memmap)


def test_what_is_written_into_an_array_stays_out_of_the_file(folder):
    open_prepared(folder, MADE_OF).arrays["x"][:] = 7
    np.testing.assert_array_equal(open_prepared(folder, MADE_OF).arrays["x"], ARRAYS["x"])


@pytest.mark.parametrize("other", [{"source": "abd"}, {"rdkit": "2"}, {"further": "1"}])
def test_arrays_made_of_something_else_are_missing(folder, other):
    assert open_prepared(folder, {**MADE_OF, **other}) is None


def test_none_agrees_with_any(folder):
    assert open_prepared(folder, {**MADE_OF, "rdkit": None}) is not None


def cut(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)


def damage(folder, how):
    if how == "cut off":
        cut(folder / "x.npy")
    elif how == "no array":
        (folder / "x.npy").unlink()
    elif how == "no array inside":
        (folder / "x.npy").write_bytes(b"0" * (folder / "x.npy").stat().st_size)
    elif how == "manifest cut off":
        cut(folder / "manifest.json")
    elif how == "manifest of another kind":
        (folder / "manifest.json").write_text("[1]")
    elif how == "older format":
        manifest = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps({**manifest, "format": FORMAT - 1}))
    else:
        (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    "how",
    [
        "cut off",
        "no array",
        "no array inside",
        "manifest cut off",
        "manifest of another kind",
        "older format",
        "none",
    ],
)
def test_a_damaged_folder_counts_as_missing_and_is_replaced(folder, how):
    damage(folder, how)
    assert open_prepared(folder, MADE_OF) is None
    write_prepared(folder, MADE_OF, ARRAYS, {})
    np.testing.assert_array_equal(open_prepared(folder, MADE_OF).arrays["x"], ARRAYS["x"])
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_a_failure_while_writing_leaves_what_was_there(folder):
    bad = {"x": np.array([object()])}
    with pytest.raises(ValueError, match="allow_pickle"):
        write_prepared(folder, MADE_OF, bad, {})
    assert open_prepared(folder, MADE_OF) is not None
    assert [path.name for path in folder.parent.iterdir()] == ["mine"]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="set XDG_CACHE_HOME to another folder") as caught:
        write_prepared(tmp_path / "file" / "mine", MADE_OF, ARRAYS, {})
    assert os.fspath(tmp_path / "file" / "mine") == caught.value.filename


def test_a_further_array_is_found_whole_or_not_at_all(folder):
    found = open_prepared(folder, MADE_OF)
    assert find_array(found, "scaffold") is None
    add_array(found, "scaffold", np.arange(3))
    assert find_array(found, "scaffold").tolist() == [0, 1, 2]
    cut(folder / "scaffold.npy")
    assert find_array(found, "scaffold") is None
    assert open_prepared(folder, MADE_OF) is not None


def test_it_is_made_once_and_what_a_killed_process_left_is_removed(tmp_path):
    folder, calls = tmp_path / "cache" / "mine[1]", []
    left = tmp_path / "cache" / "mine[1].abc.part"
    other = tmp_path / "cache" / "mine1.abc.part"
    for path in (left, other):
        path.mkdir(parents=True)

    def make():
        calls.append(1)
        return ARRAYS, {}

    for _ in range(2):
        np.testing.assert_array_equal(open_or_make(folder, MADE_OF, make).arrays["x"], ARRAYS["x"])
    assert calls == [1]
    assert not left.exists()
    assert other.exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="set XDG_CACHE_HOME to another folder"):
        open_or_make(tmp_path / "file" / "mine", MADE_OF, make)

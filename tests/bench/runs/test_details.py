"""What is kept beside a record: the same after reading, small, and never half there."""

import dataclasses
import io
import os
import stat

import numpy as np
import pytest
import torch

from graphcl.bench import Journal, load_records
from graphcl.bench.runs.details import EPOCHS, POINTS, Details, details_path, read_details
from tests.bench.make_record import make_record, make_run

HISTORY = [
    {"stage": "pretrain", "epoch": 1, "loss": 3.0, "reconstruction": 3.0},
    {"stage": "cluster", "epoch": 1, "loss": 2.5, "contrast": 2.0, "kl": 0.5},
    {"stage": "cluster", "epoch": 2, "loss": 1.5, "contrast": 1.0, "kl": 0.5},
]
LABELS = torch.tensor([7, 7, 2, 2, 2, 4])
Y = torch.tensor([0, 0, 3, 3, 0, -5])


def make_details():
    return Details.of(HISTORY, LABELS, Y, torch.eye(6))


def equal(one, other):
    names = [field.name for field in dataclasses.fields(Details)]
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "history") for name in names
    )


def test_details_say_how_the_run_went_and_what_its_clusters_are():
    details = make_details()
    assert details.stages.tolist() == ["pretrain", "cluster"]
    assert details.columns.tolist() == ["stage", "epoch", "loss", "reconstruction", "contrast", "kl"]
    np.testing.assert_array_equal(
        details.history,
        [[0, 1, 3, 3, np.nan, np.nan], [1, 1, 2.5, np.nan, 2, 0.5], [1, 2, 1.5, np.nan, 1, 0.5]],
    )
    assert details.clusters.tolist() == [2, 4, 7]
    assert details.sizes.tolist() == [3, 1, 2]
    assert details.classes.tolist() == [0, 3]
    assert details.contingency.tolist() == [[1, 2], [0, 0], [2, 0]]  # the node in cluster 4 has no class
    assert details.points.shape == (6, 2)
    assert details.point_clusters.tolist() == LABELS.tolist()
    assert details.point_classes.tolist() == [0, 0, 3, 3, 0, -1]


def test_round_trip():
    details = make_details()
    back = Details.from_bytes(details.to_bytes())
    assert equal(back, details)
    assert [array.dtype for array in vars(back).values()] == [array.dtype for array in vars(details).values()]
    assert make_details().to_bytes() == details.to_bytes()


@pytest.mark.parametrize("y", [None, torch.full((6,), -1)])
def test_without_classes_history_or_embedding(y):
    details = Details.of([], LABELS, y, None)
    assert details.contingency.shape == (3, 0)
    assert (len(details.history), len(details.points)) == (0, 0)
    assert equal(Details.from_bytes(details.to_bytes()), details)
    assert len(Details.of([], LABELS, y, torch.full((6, 2), torch.nan)).points) == 0


def test_large_runs_stay_small():
    draw = np.random.default_rng(0)
    labels, z = draw.integers(40, size=20_000), draw.normal(size=(20_000, 3))
    history = [{"stage": "fit", "epoch": i + 1, "loss": float(draw.normal())} for i in range(5000)]
    details = Details.of(history, labels, labels, z)
    assert len(details.points) == POINTS
    assert len(details.history) == EPOCHS
    assert details.history[[0, -1], 1].tolist() == [1, 5000]
    assert details.contingency.sum() == details.sizes.sum() == 20_000
    assert len(details.to_bytes()) < 20_000


@pytest.mark.parametrize(
    "change", [{"sizes": np.ones(9, int)}, {"history": np.ones(3)}, {"points": np.ones((6, 2), int)}]
)
def test_arrays_of_another_form_are_refused(change):
    content = dataclasses.replace(make_details(), **change).to_bytes()
    with pytest.raises(ValueError, match=f"not the details of a run: {next(iter(change))}"):
        Details.from_bytes(content)


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("code from a file was run",))


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"not an npz", npz(), npz(**{**vars(make_details()), "points": np.array([Harmful()])})],
    ids=["empty", "foreign", "missing", "harmful"],
)
def test_foreign_broken_and_harmful_files(tmp_path, content):
    path = details_path(tmp_path / "runs.jsonl", "k")
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"runs/k.npz: not the details of a run.*; remove it to do without"):
        read_details(tmp_path / "runs.jsonl", "k")
    path.write_bytes(make_details().to_bytes()[:900])
    with pytest.raises(ValueError, match="or broken"):
        read_details(tmp_path / "runs.jsonl", "k")


def test_details_are_there_before_their_record(tmp_path, monkeypatch):
    path, record, content = tmp_path / "runs.jsonl", make_record(), make_details().to_bytes()

    def killed(*_):
        raise KeyboardInterrupt

    with Journal(path) as journal, monkeypatch.context() as patch:
        patch.setattr(Journal, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            journal.append(record, content)
    assert load_records(path) == []
    assert equal(read_details(path, record.key), make_details())
    with Journal(path) as journal:  # the run is done again, and its details replace the others
        journal.append(record, content)
    assert load_records(path) == [record]
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_a_killed_write_leaves_nothing_half(tmp_path, monkeypatch):
    path, record = tmp_path / "runs.jsonl", make_record()

    def full(*_):
        raise OSError(28, "No space left on device")

    with Journal(path) as journal, monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            journal.append(record, make_details().to_bytes())
    assert load_records(path) == []
    assert list((tmp_path / "runs").iterdir()) == []
    (tmp_path / "runs" / f"{record.key}.npz.0123.part").write_bytes(b"half")  # as SIGKILL leaves it
    with Journal(path):
        assert list((tmp_path / "runs").iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "runs").write_text("mine")
    with pytest.raises(FileExistsError, match="a folder for details is needed"), Journal(tmp_path / "runs.jsonl"):
        pass


def test_records_without_details_have_none(tmp_path):
    with Journal(tmp_path / "runs.jsonl") as journal:
        journal.append(make_record(make_run(seed=3)))
    assert read_details(tmp_path / "runs.jsonl", make_run(seed=3).key) is None
    assert not (tmp_path / "runs").exists()


def test_files_are_readable_as_the_umask_says(tmp_path):
    with Journal(tmp_path / "runs.jsonl") as journal:
        journal.append(make_record(), make_details().to_bytes())
    [file] = (tmp_path / "runs").iterdir()
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666 & ~mask

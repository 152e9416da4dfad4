"""The reader of PyG's raw files, on a small Planetoid graph that is written here."""

import pickle
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch_geometric.datasets import Planetoid

from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.sources.pyg import PygFiles

PARTS = ("x", "tx", "allx", "y", "ty", "ally", "graph", "test.index")


@pytest.fixture
def toy(tmp_path):
    """A data root with a ring of 620 nodes in Planetoid's format, and its source."""
    raw = tmp_path / "root" / "planetoid" / "Cora" / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(0)
    x, y = rng.random((620, 4)).astype(np.float32), np.eye(3, dtype=np.int32)[rng.integers(3, size=620)]
    ring = {i: [(i + 1) % 620, (i - 1) % 620, i] for i in range(620)}
    content = [csr_matrix(x[:20]), csr_matrix(x[600:]), csr_matrix(x[:600]), y[:20], y[600:], y[:600], ring]
    for part, value in zip(PARTS, content, strict=False):
        (raw / f"ind.cora.{part}").write_bytes(pickle.dumps(value, protocol=2))
    (raw / "ind.cora.test.index").write_text("".join(f"{i}\n" for i in range(600, 620)))
    digests = {path.name: frozenset({file_checksum(path)}) for path in raw.iterdir()}
    source = PygFiles("Planetoid", {"name": "Cora"}, "planetoid", "Cora/raw", digests)
    return tmp_path / "root", source, x, y.argmax(1)


def snapshot(folder):
    return {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}


def test_the_class_reads_a_verified_copy_and_the_folder_is_left_as_it_is(toy, own_cache, capfd):
    root, source, x, y = toy
    before = snapshot(root)
    dataset = source.read("toy", DataFolders(root, own_cache), {})
    assert torch.equal(dataset.graph.x, torch.from_numpy(x))
    assert dataset.graph.y.tolist() == y.tolist()
    assert dataset.graph.edge_index.shape == (2, 1240)
    assert {name: int(mask.sum()) for name, mask in dataset.splits.items()} == {
        "train": 20,
        "val": 500,
        "test": 20,
    }
    assert {file: frozenset({digest}) for file, digest in dataset.files.items()} == source.digests
    assert snapshot(root) == before
    assert not own_cache.exists()
    assert capfd.readouterr() == ("", "")


def test_nothing_is_printed_outside_pytest_either(toy, own_cache, capfd, monkeypatch):
    root, source, *_ = toy
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    source.read("toy", DataFolders(root, own_cache), {})
    assert capfd.readouterr() == ("", "")


class Trap:
    """A pickle that would run code."""

    def __reduce__(self):
        return (pytest.fail, ("a file was unpickled before it was verified",))


def test_a_file_with_another_checksum_is_refused_before_it_is_parsed(toy, own_cache):
    root, source, *_ = toy
    bad = root / source.folder / "ind.cora.ty"
    bad.write_bytes(pickle.dumps(Trap()))
    expected = next(iter(source.digests[bad.name]))
    message = (
        f"toy: ind.cora.ty from {bad.parent} is refused: expected sha256 {expected}, got {file_checksum(bad)}"
    )
    with pytest.raises(ValueError, match=message):
        source.read("toy", DataFolders(root, own_cache), {})


def test_any_of_several_digests_is_accepted(toy, own_cache):
    root, source, *_ = toy
    several = replace(source, digests={file: known | {"0" * 64} for file, known in source.digests.items()})
    assert several.read("toy", DataFolders(root, own_cache), {}).num_classes == 3


def test_a_download_is_verified_kept_and_used_again(toy, own_cache, monkeypatch, tmp_path):
    root, source, *_ = toy
    calls = []

    def download(self):
        calls.append(self.raw_dir)
        shutil.copytree(root / source.folder, self.raw_dir, dirs_exist_ok=True)

    monkeypatch.setattr(Planetoid, "download", download)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folders = DataFolders(elsewhere, own_cache)
    assert not source.present(folders)
    first = source.read("toy", folders, {})
    assert source.present(folders)
    assert sorted(path.name for path in (own_cache / source.folder).iterdir()) == sorted(source.digests)
    assert [*elsewhere.iterdir()] == []
    second = source.read("toy", folders, {})
    assert first.checksum == second.checksum
    assert len(calls) == 1


def test_a_download_with_another_checksum_is_not_kept(toy, own_cache, monkeypatch):
    root, source, *_ = toy

    def download(self):
        shutil.copytree(root / source.folder, self.raw_dir, dirs_exist_ok=True)
        (root.parent / "raw").mkdir()
        for path in (root / source.folder).iterdir():
            shutil.copy(path, self.raw_dir)
        (source_file := root.parent / "raw" / "ind.cora.y").write_bytes(b"other")
        shutil.copy(source_file, self.raw_dir)

    monkeypatch.setattr(Planetoid, "download", download)
    with pytest.raises(ValueError, match=r"toy: ind.cora.y from the download is refused"):
        source.read("toy", DataFolders(None, own_cache), {})
    assert not own_cache.exists()


def test_without_files_and_network_the_message_says_what_to_put_where(toy, own_cache, monkeypatch, tmp_path):
    _, source, *_ = toy
    empty = tmp_path / "empty"
    empty.mkdir()

    def download(self):
        raise ConnectionError("no route")

    monkeypatch.setattr(Planetoid, "download", download)
    with pytest.raises(FileNotFoundError) as caught:
        source.read("toy", DataFolders(empty, own_cache), {})
    message = str(caught.value)
    assert "\n" not in message
    for part in (
        "ind.cora.allx",
        "ConnectionError: no route",
        str(empty / source.folder),
        "GRAPHCL_DATA",
        "digits",
    ):
        assert part in message

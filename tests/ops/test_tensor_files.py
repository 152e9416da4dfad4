"""Files of tensors: atomic writes, detected corruption, no execution of code."""

import pickle

import pytest
import torch

from graphcl import FeatureKMeans, SCGCStar, load
from graphcl.datasets import load as load_dataset
from graphcl.ops.files.tensor_files import read_tensors, write_tensors


def test_round_trip(tmp_path):
    content = {"a": torch.arange(3), "b": {"c": [1, "x", None, (2.5, True)]}}
    write_tensors(tmp_path / "deep" / "file.pt", content)
    back = read_tensors(tmp_path / "deep" / "file.pt")
    assert torch.equal(back.pop("a"), content.pop("a"))
    assert back == content
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file.pt"]


def test_a_crash_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file.pt"
    write_tensors(path, {"a": 1})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="No space left"):
        write_tensors(path, {"a": 2})
    assert read_tensors(path) == {"a": 1}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_flipped_bit_is_detected(tmp_path):
    path = tmp_path / "file.pt"
    write_tensors(path, {"a": torch.full((100,), 7.0)})
    content = path.read_bytes()
    place = content.index(torch.full((100,), 7.0).numpy().tobytes()) + 200
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    assert torch.load(path, weights_only=True)["a"].ne(7).sum() == 1  # torch does not notice
    with pytest.raises(ValueError, match="or it is broken; write it again"):
        read_tensors(path)


class Harmful:
    def __reduce__(self):
        return (pytest.fail, ("code from a file was run",))


def test_foreign_broken_and_harmful_files(tmp_path):
    path = tmp_path / "file.pt"
    with pytest.raises(FileNotFoundError, match="no file"):
        read_tensors(path)
    for bytes_ in (b"", b"not a checkpoint", pickle.dumps(Harmful())):
        path.write_bytes(bytes_)
        with pytest.raises(ValueError, match="is not a file written by graphcl, or it is broken"):
            read_tensors(path)
    torch.save([1, 2], path)
    with pytest.raises(ValueError, match="is not a file written by graphcl"):
        read_tensors(path)
    write_tensors(path, {"a": torch.ones(1000)})
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match="broken"):
        read_tensors(path)


def test_load_finds_the_class_and_refuses_others(tmp_path):
    karate = load_dataset("karate").graph
    path = tmp_path / "model.pt"
    FeatureKMeans(n_clusters=2).fit(karate).save(path)
    assert isinstance(load(path), FeatureKMeans)
    with pytest.raises(ValueError, match=r"holds no scgc-star but 'k-means'; use graphcl.load"):
        SCGCStar.load(path)
    content = read_tensors(path)
    write_tensors(path, {**content, "format": 99})
    with pytest.raises(ValueError, match="has format 99, this graphcl reads up to 2; upgrade it"):
        load(path)
    write_tensors(path, {**content, "method": "unheard-of"})
    with pytest.raises(ValueError, match="holds the method 'unheard-of'; this graphcl has "):
        load(path)

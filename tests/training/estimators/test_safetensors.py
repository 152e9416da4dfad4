"""Models in the format of safetensors: the same estimator, half the size if asked, and no file is trusted."""

import json
import struct
import sys
from pathlib import Path

import pytest
import torch

import graphcl
from graphcl import DGI, SCGC, FeatureKMeans, Leiden
from graphcl.datasets import load
from graphcl.ops.files.safetensors_files import read_safetensors, write_safetensors

KARATE = load("karate").graph


@pytest.fixture(scope="module")
def dgi():
    return DGI(n_clusters=2, epochs=1, hidden_channels=8, out_channels=8).fit(KARATE)


@pytest.mark.parametrize(
    "model",
    [
        DGI(n_clusters=2, epochs=1, hidden_channels=8),
        SCGC(n_clusters=2, hidden_channels=(4,), epochs=1, pretrain_epochs=1),
        FeatureKMeans(n_clusters=2),
        Leiden(),
    ],
    ids=lambda model: model.name,
)
def test_nothing_is_lost(model, tmp_path):
    path = tmp_path / "model.safetensors"
    model.fit(KARATE).save(path, rows=True)
    loaded = graphcl.load(path)
    assert type(loaded) is type(model)
    assert loaded.get_params() == model.get_params()
    assert (loaded.params_, loaded.history_, loaded.stages_) == (model.params_, model.history_, model.stages_)
    assert torch.equal(loaded.embedding_, model.embedding_)
    assert torch.equal(loaded.transform(KARATE), model.embedding_)
    assert torch.equal(loaded.labels_, model.labels_)
    model.save(path)
    assert torch.equal(graphcl.load(path).transform(KARATE), model.embedding_)


@pytest.mark.parametrize("name", ["model.pt", "model.safetensors"])
def test_half_precision_is_undone_when_it_is_read(name, dgi, tmp_path):
    path, whole = tmp_path / name, tmp_path / f"whole-{name}"
    dgi.save(whole)
    dgi.save(path, half=True)
    weights = 2 * sum(value.numel() for value in dgi.module_.state_dict().values() if value.is_floating_point())
    assert whole.stat().st_size - path.stat().st_size > 0.9 * weights
    loaded = graphcl.load(path)
    for key, value in loaded.module_.state_dict().items():
        before = dgi.module_.state_dict()[key]
        assert value.dtype == before.dtype
        torch.testing.assert_close(value, before.half().to(before.dtype), rtol=0, atol=0)
    torch.testing.assert_close(loaded.transform(KARATE), dgi.embedding_, rtol=1e-2, atol=1e-3)
    assert not torch.equal(loaded.transform(KARATE), dgi.embedding_)
    huge = DGI(epochs=0, hidden_channels=8).fit(KARATE)
    with torch.no_grad():
        huge.module_.discriminator.weight.fill_(1e6)
    with pytest.raises(ValueError, match=r"discriminator.weight has weights beyond 65,504"):
        huge.save(path, half=True)


def test_values_that_json_has_no_form_for(tmp_path):
    path = tmp_path / "values.safetensors"
    content = {"a": (1, [2.5, float("inf")], None), "b": {"c": torch.ones(2, 3).T, "d": True}, "e": float("nan")}
    write_safetensors(path, content)
    found = read_safetensors(path)
    assert found["a"] == content["a"]
    assert isinstance(found["a"], tuple)
    assert torch.equal(found["b"]["c"], content["b"]["c"])
    assert found["e"] != found["e"]
    for wrong in ({"a": {1: 2}}, {"a": {"$b": 2}}, {"a": Path()}, {"a": torch.eye(2).to_sparse()}):
        with pytest.raises(TypeError, match="that safetensors cannot hold; write a file of another"):
            write_safetensors(path, wrong)
    assert read_safetensors(path)["b"]["d"] is True, "the file that was there is there"


def header_of(data: bytes) -> tuple[dict, bytes]:
    size = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def with_header(header: dict, rest: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + rest


def tampered(change):
    """Another description of the model in the header."""

    def edit(header: dict, rest: bytes) -> bytes:
        described = json.loads(header["__metadata__"]["graphcl"])
        header["__metadata__"]["graphcl"] = json.dumps(change(described))
        return with_header(header, rest)

    return edit


def tensor(name: str, **change):
    def edit(header: dict, rest: bytes) -> bytes:
        return with_header({**header, name: {**header[name], **change}}, rest)

    return edit


BROKEN = "is not a file written by graphcl, or it is broken; write it again"
WEIGHT = "state/discriminator.weight"
HOSTILE = {
    "empty": (lambda header, rest: b"", BROKEN),
    "a header without end": (lambda header, rest: struct.pack("<Q", 2**62) + rest, BROKEN),
    "no JSON": (lambda header, rest: struct.pack("<Q", 3) + b"abc" + rest, BROKEN),
    "cut off": (lambda header, rest: with_header(header, rest[:-1]), BROKEN),
    "more behind": (lambda header, rest: with_header(header, rest + b"more"), BROKEN),
    "a tensor of terabytes": (tensor(WEIGHT, shape=[2**40]), BROKEN),
    "offsets outside": (tensor(WEIGHT, data_offsets=[0, 2**40]), BROKEN),
    "an unknown type": (tensor(WEIGHT, dtype="F7"), BROKEN),
    "of another program": (
        lambda header, rest: with_header({**header, "__metadata__": {"format": "pt"}}, rest),
        BROKEN,
    ),
    "no metadata": (
        lambda header, rest: with_header({k: v for k, v in header.items() if k != "__metadata__"}, rest),
        BROKEN,
    ),
    "a list": (tampered(lambda content: [content]), BROKEN),
    "a tensor that is not there": (
        tampered(lambda content: {**content, "state": {"a": {"$tensor": "b"}}}),
        BROKEN,
    ),
    "a tensor that nothing names": (tampered(lambda content: {**content, "state": None}), BROKEN),
    "a tensor by a list": (tampered(lambda content: {**content, "state": {"$tensor": []}}), BROKEN),
    "an unknown mark": (tampered(lambda content: {**content, "method": {"$code": "os.system"}}), BROKEN),
    "another type": (tensor(WEIGHT, dtype="I32"), r"discriminator.weight is int32 of \[.*\], where float32 of"),
    "no method": (
        tampered(lambda content: {key: value for key, value in content.items() if key != "method"}),
        "holds no model; give a file that graphcl train",
    ),
    "a key missing": (
        tampered(lambda content: {key: value for key, value in content.items() if key != "left_out"}),
        "holds no model that graphcl could have written",
    ),
    "a newer format": (
        tampered(lambda content: {**content, "format": 9}),
        "has format 9, this graphcl reads up to 2",
    ),
    "params a text": (
        tampered(lambda content: {**content, "params": "a"}),
        "holds no model that graphcl could have",
    ),
    "another width": (
        tampered(lambda content: {**content, "params": {**content["params"], "out_channels": 2**30}}),
        "the weights do not fit the hyper-parameters",
    ),
}


@pytest.mark.parametrize(("change", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(change, message, dgi, tmp_path):
    path = tmp_path / "model.safetensors"
    dgi.save(path)
    path.write_bytes(change(*header_of(path.read_bytes())))
    with pytest.raises(ValueError, match=message) as refused:
        graphcl.load(path)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)


def test_nested_without_end(dgi, tmp_path):
    path = tmp_path / "model.safetensors"
    dgi.save(path)
    header, rest = header_of(path.read_bytes())
    header["__metadata__"]["graphcl"] = "[" * 100_000
    path.write_bytes(with_header(header, rest))
    with pytest.raises(ValueError, match=BROKEN):
        graphcl.load(path)


def test_missing_things_are_said(dgi, tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    with pytest.raises(FileNotFoundError, match=r"no file .*model.safetensors; give the path"):
        graphcl.load(path)
    dgi.save(path)
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)
    for use in (dgi.save, graphcl.load):
        with pytest.raises(ModuleNotFoundError, match=r"install it: pip install 'graphcl\[weights\]'"):
            use(path)

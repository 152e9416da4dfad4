"""Values in a model file are checked before they are taken over: one clear line each, at once."""

import pytest
import torch

import graphcl
from graphcl import DGI, SCGC, FeatureKMeans, GCooLMultiplex, Leiden, SmoothKMeans, TwoView
from graphcl.datasets import load
from graphcl.ops.files.tensor_files import read_tensors, write_tensors

KARATE = load("karate").graph


def entry(key: str, name: str, value):
    """The content of a file with another value at a name of `params`, `fitted` or `state`."""
    return lambda content: {**content, key: {**content[key], name: value}}


def without(key: str, name: str):
    return lambda content: {**content, key: {k: v for k, v in content[key].items() if k != name}}


def rowless(content):
    fitted = {name: value for name, value in content["fitted"].items() if name not in ("embedding_", "labels_")}
    return {**content, "fitted": fitted, "left_out": ["embedding_", "labels_"]}


def nan_weights(content):
    return {**content, "state": {name: value * torch.nan for name, value in content["state"].items()}}


def huge(content):
    """The widths of a network of terabytes, and weights of its shapes that are one number stretched."""
    width = 2**20
    with torch.device("meta"):
        shapes = DGI(hidden_channels=width, out_channels=width)._build(KARATE).state_dict()
    state = {name: torch.zeros(1).expand(value.shape) for name, value in shapes.items()}
    params = {**content["params"], "hidden_channels": width, "out_channels": width}
    return {**content, "params": params, "state": state}


HOSTILE = {
    "weights are NaN": ("dgi", nan_weights, "fit the hyper-parameters: .* is NaN or infinite"),
    "no weights": ("dgi", lambda content: {**content, "state": None}, "it has no weights"),
    "a weight missing": ("dgi", without("state", "discriminator.weight"), "it lacks discriminator.weight"),
    "a weight too many": ("dgi", entry("state", "more", torch.ones(1)), "it has more besides"),
    "a weight of another shape": (
        "dgi",
        entry("state", "discriminator.weight", torch.ones(2)),
        r"discriminator.weight is float32 of \[2\], where float32 of \[.*\] is needed",
    ),
    "a weight that is none": ("dgi", entry("state", "discriminator.weight", 3), "is no tensor but int"),
    "stretched weights": ("dgi", huge, "is NaN or infinite"),
    "layers without end": (
        "dgi",
        entry("params", "num_layers", 100_000),
        "num_layers must be less than or equal to 1000",
    ),
    "widths without end": (
        "scgc",
        entry("params", "hidden_channels", [1] * 10**5),
        "should have at most 1000 items",
    ),
    "other widths": ("dgi", entry("params", "out_channels", 2**30), r"is needed"),
    "a setting of another type": ("dgi", entry("params", "lr", "fast"), "lr must be a valid number; got 'fast'"),
    "a function as fitted": (
        "k-means",
        entry("fitted", "predict", 3),
        "'predict' is nothing that fit of FeatureKMeans sets",
    ),
    "a private name as fitted": (
        "dgi",
        entry("fitted", "_build_", 3),
        "'_build_' is nothing that fit of DGI sets",
    ),
    "a module as fitted": ("dgi", entry("fitted", "module_", 3), "'module_' is nothing that fit of DGI sets"),
    "centres missing": ("dgi", without("fitted", "cluster_centers_"), "cluster_centers_ is missing"),
    "no centres": (
        "k-means",
        entry("fitted", "cluster_centers_", torch.ones(0, 34)),
        r"one row a cluster; got shape \[0, 34\]",
    ),
    "centres of another width": (
        "k-means",
        entry("fitted", "cluster_centers_", torch.ones(2, 3)),
        "must have the 34 columns of embedding_",
    ),
    "centres NaN": (
        "dgi",
        entry("fitted", "cluster_centers_", torch.full((2, 512), torch.nan)),
        "cluster_centers_ is NaN or infinite",
    ),
    "centres as a list": (
        "dgi",
        entry("fitted", "cluster_centers_", [1.0]),
        "a matrix of floats, one row a cluster; got list",
    ),
    "labels missing": ("scgc", without("fitted", "labels_"), "labels_ is missing"),
    "labels of floats": (
        "scgc",
        entry("fitted", "labels_", torch.ones(34)),
        "labels_ must be one integer per row",
    ),
    "labels too few": (
        "scgc",
        entry("fitted", "labels_", torch.ones(3).long()),
        "as many as the rows of embedding_; got 3 for 34",
    ),
    "embedding missing": ("dgi", without("fitted", "embedding_"), "embedding_ is missing"),
    "embedding a vector": (
        "dgi",
        entry("fitted", "embedding_", torch.ones(34)),
        "embedding_ must be a matrix of floats",
    ),
    "history a text": ("dgi", entry("fitted", "history_", "long"), "history_ must be a list of dicts"),
    "no columns": (
        "dgi",
        entry("fitted", "n_features_in_", 0),
        "n_features_in_ must be the number of columns of x; got 0",
    ),
    "columns without end": ("two-view", entry("fitted", "n_features_in_", 2**30), "n_features_in_ must be 34"),
    "slope of another shape": ("two-view", entry("fitted", "slope_", torch.ones(2, 3)), "does not fit two-view"),
    "slope missing": ("two-view", without("fitted", "slope_"), "slope_"),
    "axes of another shape": (
        "smooth-k-means",
        entry("fitted", "axes_", torch.ones(34, 1)),
        "does not fit smooth-k-means",
    ),
    "weights of a method without": (
        "k-means",
        lambda content: {**content, "state": {}},
        "and the method has none",
    ),
    "graph of leiden missing": ("leiden", without("fitted", "fitted_on_"), "fitted_on_ is missing"),
    "an attribute left out and there": (
        "dgi",
        lambda content: {**content, "left_out": ["embedding_"]},
        "'embedding_' is nothing that DGI leaves out",
    ),
    "centres left out": (
        "dgi",
        lambda content: {**without("fitted", "cluster_centers_")(content), "left_out": ["cluster_centers_"]},
        "'cluster_centers_' is nothing that DGI leaves out",
    ),
    "left out by a number": (
        "dgi",
        lambda content: {**content, "left_out": 3},
        "left_out must be a list",
    ),
    "columns without end, without rows": (
        "k-means",
        lambda content: rowless(entry("fitted", "n_features_in_", 2**30)(content)),
        "n_features_in_ must be 34",
    ),
    "params no dict": (
        "dgi",
        lambda content: {**content, "params": 3},
        "holds no model that graphcl could have written",
    ),
    "fitted by numbers": (
        "dgi",
        lambda content: {**content, "fitted": {3: 3}},
        "holds no model that graphcl could have",
    ),
}


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    """What sound files hold, by method."""
    path = tmp_path_factory.mktemp("models") / "model.pt"
    models = [
        DGI(n_clusters=2, epochs=1),
        SCGC(n_clusters=2, hidden_channels=(4,), epochs=1, pretrain_epochs=1),
        TwoView(n_clusters=2),
        SmoothKMeans(n_clusters=2),
        FeatureKMeans(n_clusters=2),
        Leiden(),
    ]
    found = {}
    for model in models:
        model.fit(KARATE).save(path, rows=True)
        graphcl.load(path)
        found[model.name] = read_tensors(path)
    return found


@pytest.mark.parametrize(("method", "change", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(method, change, message, contents, tmp_path):
    path = tmp_path / "model.pt"
    write_tensors(path, change(contents[method]))
    with pytest.raises(ValueError, match=message) as refused:
        graphcl.load(path)
    text = str(refused.value)
    assert text.startswith(str(path))
    assert text.endswith("train it again")
    assert "\n" not in text


def test_relations_without_end_are_refused(tmp_path):
    graph = load("planted-multiplex", nodes=100).graph
    path = tmp_path / "model.pt"
    small = {"hidden_channels": 4, "out_channels": 4, "epochs": 1, "shared_encoder": False}
    GCooLMultiplex(n_clusters=2, **small).fit(graph).save(path)
    content = read_tensors(path)
    graphcl.load(path)
    write_tensors(path, entry("fitted", "n_relations_", 10**9)(content))
    with pytest.raises(ValueError, match=r"n_relations_ must lie in \[2, 64\]; got 1000000000"):
        graphcl.load(path)


def test_a_compressed_archive_is_refused(tmp_path):
    """It may unpack to any size."""
    import zipfile

    sound, packed = tmp_path / "sound.pt", tmp_path / "packed.pt"
    FeatureKMeans(n_clusters=2).fit(KARATE).save(sound)
    with zipfile.ZipFile(sound) as given, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as taken:
        for name in given.namelist():
            taken.writestr(name, given.read(name))
    with pytest.raises(ValueError, match="is not a file written by graphcl, or it is broken"):
        graphcl.load(packed)

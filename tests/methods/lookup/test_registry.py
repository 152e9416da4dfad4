"""The registry: names without imports, methods of other packages, and what is refused in one line."""

import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import graphcl
from graphcl import DGI, METHODS, FeatureKMeans
from graphcl.methods import get, of_kind, register
from graphcl.methods.lookup.importing import import_class, importable_path, path_of
from graphcl.methods.lookup.kinds import check_method, method_kind, n_clusters_of
from graphcl.methods.lookup.registry import BUILT_IN, Registry
from tests.embedding_only import GraphsOnly, NodesOnly
from tests.tiny import TinyCandidates, TinyNeighbours, TinyPrototypes
from tests.tiny_graphs import TinyGraphClusters

MODULE = """
from dataclasses import dataclass
from typing import ClassVar
from graphcl import FeatureKMeans

@dataclass(kw_only=True, eq=False, repr=False)
class Mine(FeatureKMeans):
    name: ClassVar[str] = "{name}"
    n_init: int = 1
"""


def mine(name="mine", **members):
    return dataclass(kw_only=True, eq=False, repr=False)(type("Mine", (FeatureKMeans,), {"name": name, **members}))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A current folder that is not on sys.path, and modules that are forgotten again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path not in ("", str(tmp_path))])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


def in_a_new_process(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_listing_names_imports_no_method():
    code = (
        "import sys, graphcl, graphcl.methods as m; print(len(m.METHODS), len(dir(graphcl)) > 20,"
        "'dsla' in m.METHODS, [n for n in sys.modules if n == 'torch' or n in set(m.METHODS.classes().values())])"
    )
    assert in_a_new_process(code) == [str(len(BUILT_IN)), "True", "True", "[]"]


def test_a_method_imports_only_what_it_needs():
    module = "graphcl.methods.pretrainers.dsla"
    code = f"import sys; from graphcl import DGI; print({module!r} in sys.modules, DGI.__name__)"
    assert in_a_new_process(code) == ["False", "DGI"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_line_of_the_registry_is_true(name):
    kind, path = BUILT_IN[name]
    cls = METHODS[name]
    check_method(cls)
    assert (cls.name, path_of(cls)) == (name, path)
    assert getattr(graphcl, cls.__name__) is getattr(graphcl.methods, cls.__name__) is cls
    assert (kind == "graphs") is (cls.takes == "graphs")
    assert method_kind(cls) == kind
    assert n_clusters_of(cls) in (("required", "found") if kind == "clusterer" else ("optional",))


def test_type_checkers_see_every_method():
    text = (Path(graphcl.__file__).parent / "methods" / "__init__.py").read_text()
    for path in (path for _, path in BUILT_IN.values()):
        module, cls = path.split(":")
        assert f"    from {module} import {cls} as {cls}\n" in text, "add this line to graphcl/methods/__init__.py"


def test_names_by_kind():
    assert list(METHODS) == list(BUILT_IN)
    of_graphs = ["dsla", "attr-masking", "edge-pred", "graph-cl", "simgrace", "infograph", "infomax"]
    assert of_kind("graphs") == [*of_graphs, "graph-mae-graphs", "joao", "context-pred", "mvgrl-graphs"]
    assert set(of_kind("embedder", "clusterer")) == set(BUILT_IN) - set(of_kind("graphs"))
    with pytest.raises(ValueError, match="a kind must be one of embedder, clusterer, graphs; got 'nodes'"):
        of_kind("nodes")


def test_kinds_of_foreign_classes():
    assert [method_kind(cls) for cls in (TinyPrototypes, TinyNeighbours, TinyCandidates)] == [
        "clusterer",
        "embedder",
        "graphs",
    ]
    numbers = [
        n_clusters_of(cls)
        for cls in (TinyPrototypes, NodesOnly, GraphsOnly, TinyNeighbours, TinyGraphClusters, METHODS["leiden"])
    ]
    assert numbers == ["required", "none", "none", "optional", "optional", "found"]


def test_the_registry_is_read_only():
    with pytest.raises(TypeError):
        METHODS["mine"] = FeatureKMeans


def test_registered_methods_are_methods_like_others():
    cls = register(mine())
    assert get("mine") is METHODS["mine"] is cls
    assert METHODS.kind("mine") == "clusterer"
    assert "mine" in of_kind("clusterer")
    again = register(mine())  # as when a cell of a notebook is run once more
    assert get("mine") is again


def test_a_name_belongs_to_one_class():
    other = r"'dgi' belongs to graphcl\.methods\.embedders\.dgi:DGI; give .*:Mine another"
    with pytest.raises(ValueError, match=other):
        register(mine("dgi"))
    register(mine())
    other = mine()
    other.__qualname__ = "Other"
    with pytest.raises(ValueError, match=r"the method name 'mine' belongs to .*:Mine; give .*:Other another"):
        register(other)
    assert register(DGI) is DGI


def plain(name="plain"):
    return type("Plain", (FeatureKMeans,), {"name": name})


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (FeatureKMeans(n_clusters=2), TypeError, "a method must be a class; got FeatureKMeans"),
        (dict, TypeError, "builtins:dict is no method: it must derive from graphcl.training.GraphEstimator"),
        (plain(), TypeError, "Plain must be a dataclass: write @dataclass"),
        (mine("a name"), ValueError, "Mine must have a name of letters, digits, '-', '_' and '.'; got 'a name'"),
        (mine("../up"), ValueError, "got '../up'"),
        (mine(None), ValueError, "got None"),
        (mine("a:b@c"), ValueError, "got 'a:b@c'"),
    ],
)
def test_what_is_no_method_is_refused(given, error, message):
    with pytest.raises(error) as caught:
        register(given)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_class_by_its_path():
    assert get("tests.tiny:TinyPrototypes") is TinyPrototypes
    assert METHODS["tiny-prototypes"] is TinyPrototypes, "it is registered"
    assert get("graphcl.methods.embedders.dgi:DGI") is DGI


def test_a_module_in_the_current_folder(folder):
    (folder / "my_method_here.py").write_text(MODULE.format(name="from-here"))
    assert get("my_method_here:Mine")(n_clusters=2).n_init == 1
    assert str(folder) in sys.path, "for what the module imports later"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "no_such_module_here:Mine",
            "imported (ModuleNotFoundError: No module named 'no_such_module_here'",
        ),
        ("broken_here:Mine", "broken_here:Mine: broken_here cannot be imported (SyntaxError"),
        ("needs_here:Mine", "cannot be imported (ModuleNotFoundError: No module named 'not_installed_here'"),
        ("tests.tiny:Nothing", "tests.tiny has no 'Nothing'"),
        ("tests.tiny:neighbour_mean", "tests.tiny:neighbour_mean is no class but function"),
        ("tests.tiny:", "a path must read module:Name, as my_module:MyClass; got 'tests.tiny:'"),
        ("../up:Mine", "must read module:Name"),
        ("__main__:Mine", "__main__ is another program here; move Mine to a module of its own"),
        ("kmeans", "no method is named 'kmeans' (did you mean k-means"),
    ],
)
def test_paths_that_lead_nowhere(folder, path, message):
    (folder / "broken_here.py").write_text("class Mine(:\n")
    (folder / "needs_here.py").write_text("import not_installed_here\n")
    before = list(sys.path)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        get(path)
    assert "\n" not in str(caught.value)
    if "no_such" in path:
        assert sys.path == before


def test_where_another_process_could_not_import_a_class():
    assert importable_path(DGI) == "graphcl.methods.embedders.dgi:DGI"
    assert import_class(importable_path(TinyPrototypes)) is TinyPrototypes
    here = mine()
    here.__module__ = "__main__"
    with pytest.raises(ValueError, match=r"Mine is defined in the script that is run, .* such as my_method\.py"):
        importable_path(here)
    here.__module__, here.__qualname__ = "tests.tiny", "function.<locals>.Mine"
    with pytest.raises(ValueError, match="is defined inside another definition"):
        importable_path(here)


@pytest.fixture
def offered(monkeypatch):
    """A registry to which packages offer the entry points that are given."""

    def make(**paths):
        points = [EntryPoint(name, path, "graphcl.methods") for name, path in paths.items()]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)
        return Registry({"dgi": BUILT_IN["dgi"]})

    return make


def test_entry_points_join_and_are_loaded_when_asked_for(offered):
    registry = offered(**{"tiny-prototypes": "tests.tiny:TinyPrototypes", "gone": "no_such_module_here:Gone"})
    assert list(registry) == ["dgi", "tiny-prototypes", "gone"]
    assert registry["tiny-prototypes"] is TinyPrototypes
    assert registry.kind("tiny-prototypes") == "clusterer"
    assert len(registry) == 3
    assert "nothing" not in registry


def test_a_broken_entry_point_is_a_warning_and_the_others_remain(offered):
    registry = offered(gone="no_such_module_here:Gone", misnamed="tests.tiny:TinyPrototypes")
    with pytest.warns(UserWarning, match=r"the entry point '(gone|misnamed)'") as caught:
        assert dict(registry.items()) == {"dgi": DGI}
    assert len(caught) == 2
    assert "cannot be loaded: no_such_module_here:Gone" in str(caught[0].message)
    assert "must have the name of its class; got 'tiny-prototypes' there" in str(caught[1].message)
    with pytest.raises(ValueError, match=r"the entry point 'gone' .* cannot be loaded"):
        registry["gone"]


def test_a_class_may_be_offered_by_a_path_that_it_is_exported_under(offered):
    registry = offered(**{"k-means": "graphcl:FeatureKMeans", "gone": "no_such_module_here:Gone"})
    registry.add(FeatureKMeans)
    assert registry["k-means"] is FeatureKMeans
    with pytest.raises(ValueError, match="the method name 'gone' belongs to no_such_module_here:Gone"):
        registry.add(mine("gone"))


def test_an_entry_point_does_not_take_a_name_of_graphcl(offered):
    registry = offered(dgi="tests.tiny:TinyPrototypes")
    left_out = r"'dgi' .* is left out: its name belongs to graphcl\.methods\.embedders\.dgi:DGI"
    with pytest.warns(UserWarning, match=left_out):
        assert list(registry) == ["dgi"]
    assert registry["dgi"] is DGI


def test_a_saved_model_of_a_method_of_ones_own(tmp_path):
    karate = graphcl.datasets.load("karate").graph
    TinyPrototypes(n_clusters=2, epochs=1).fit(karate).save(tmp_path / "model.pt")
    with pytest.raises(ValueError, match=r"holds the method 'tiny-prototypes'; .* or name its class by method="):
        graphcl.load(tmp_path / "model.pt")
    loaded = graphcl.load(tmp_path / "model.pt", method="tests.tiny:TinyPrototypes")
    assert type(loaded) is TinyPrototypes
    assert type(graphcl.load(tmp_path / "model.pt")) is TinyPrototypes, "it is registered now"

"""The pages under docs/ are run, block by block, and keep what they promise."""

import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
import torch

import graphcl

DOCS = Path(__file__).parents[1] / "docs"
PACKAGE = DOCS.parent / "graphcl"


def run(page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.chdir(folder)
    names: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, page, "exec"), names)  # noqa: S102
    return names


def test_choosing_without_labels(tmp_path, monkeypatch, capsys):
    names = run("choosing-without-labels.md", tmp_path, monkeypatch)
    assert abs(names["shuffled"]) < 0.3 < names["agreement"](names["graph"], names["truth"])["J"]
    assert names["judge"].score(names["best_run"])["J"] > 0.5
    assert names["contest"].winner.name == "two-view"
    best, worst = (names["model"].candidates_[place] for place in (0, -1))
    assert best["J"] + best["consensus"] / 4 > worst["J"] + worst["consensus"] / 4
    assert 0 < names["trained"].stages_[2]["selected_epoch"] <= 20
    assert names["choice"].best == 4
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "k-means",
        "smooth-k-means",
        "two-view",
    ]


def test_probing_embeddings(tmp_path, monkeypatch):
    names = run("probing-embeddings.md", tmp_path, monkeypatch)
    assert [len(part) for part in names["split"].parts().values()] == [60, 60, 480]
    assert names["result"].scores["macro_f1"] == names["scores"]["probe/macro_f1"] > 0.8
    assert names["neighbours"] > 0.7
    assert names["flattery"] >= 0
    assert abs(names["chance"] - 1 / 3) < 0.1


def test_ogb(tmp_path, monkeypatch):
    from graphcl.bench.ogb.boards import frozen_rows

    names = run("ogb.md", tmp_path, monkeypatch)
    assert names["accuracy"] == pytest.approx(2 / 3)
    assert names["hits"] > 0.5
    assert names["result"].test > 0.9
    page = (DOCS / "ogb.md").read_text(encoding="utf-8")
    sets = [frozen_rows(name).rows for name in ("ogbn-arxiv", "ogbn-products", "ogbn-papers100M")]
    for rows in zip(*sets, strict=True):
        cells = [f"{mean:.2f}" + (f" ± {std:.2f}" if std else "") for mean, std in (row.test for row in rows)]
        assert f"| {rows[0].method} | {' | '.join(cells)} | not run |" in page


@pytest.mark.filterwarnings("ignore:.*have an equal one in the training folds")
def test_links_and_graphs(tmp_path, monkeypatch):
    names = run("links-and-graphs.md", tmp_path, monkeypatch)
    assert names["hidden"] == 2 * (names["split"].val.size(1) + names["split"].test.size(1))
    assert names["scores"]["mlp/auc"] > 0.6
    assert 0 < names["baseline"]["heuristic/hard/mrr"] < 1
    assert names["flattery"] > 0.05
    assert names["found"]["logistic/accuracy"] > 0.7


def test_contributing(tmp_path, monkeypatch):
    names = run("../CONTRIBUTING.md", tmp_path, monkeypatch)
    assert names["scores"]["acc"] > 0.9
    assert names["embedding"].shape == (200, 4)
    assert names["ring"].graph.edge_index.shape == (2, 16)
    z = torch.randn(5, 3)
    edges = torch.tensor([[0, 1, 4], [1, 2, 4]])
    loop = sum(1 - torch.cosine_similarity(z[i], z[j], dim=0) for i, j in edges.T) / 3
    torch.testing.assert_close(names["alignment"](z, edges), loop)


def test_linear_time_contrast(tmp_path, monkeypatch):
    names = run("linear-time-contrast.md", tmp_path, monkeypatch)
    assert names["chosen"] == "series"
    assert 0 < names["error"] < 1e-4


def test_contrasting_communities(tmp_path, monkeypatch):
    names = run("contrasting-communities.md", tmp_path, monkeypatch)
    edges = names["graph"].edge_index.size(1)
    assert 0.6 * edges < names["fewer"].size(1) < 0.8 * edges
    assert names["spared"]
    assert names["view"].edge_index.size(1) < edges == names["graph"].edge_index.size(1)
    assert {"aggregation", "communities"} <= set(names["model"].history_[0]) - set(names["model"].history_[-1])
    assert names["by_k_means"] > 0.9
    assert names["gain"] > 0.05
    assert names["by_centres"] > 0.4
    assert names["papers"].graph.edge_type.tolist() == [0] * 6 + [1] * 4
    assert names["fused"] > 0.8


def test_half_hop(tmp_path, monkeypatch):
    names = run("half-hop.md", tmp_path, monkeypatch)
    assert 0 < names["slow"] == len(names["view"].x) - 300 < names["graph"].edge_index.size(1)
    for method in ("grace", "bgrl"):
        assert names[method].embedding_.shape == (300, 16)
        assert names[method].history_[-1]["loss"] < names[method].history_[0]["loss"]


def test_ideas(tmp_path, monkeypatch):
    """The blocks run, and every option that the page names is a hyper-parameter of the methods it names."""
    names = run("ideas.md", tmp_path, monkeypatch)
    assert names["share"] == 0.5
    assert "1 of 2 graphs have an equal one among the training graphs" in str(names["told"][0].message)
    assert {"coupling", "effective_rank"} <= set(names["first"]) & set(names["last"])
    assert names["kept"][0.7] + 3 < names["kept"][0.1] < 16
    page = (DOCS / "ideas.md").read_text(encoding="utf-8")
    classes = {"GRACE": "GRACE", "GCA": "GCA", "gCooL": "GCooL", "GraphCL": "GraphCL", "D-SLA": "DSLA"}
    options = re.findall(r"^\| [^|]+ \| `(\w+)=\S+ \| ([^|]+) \|", page, flags=re.MULTILINE)
    assert len(options) > 5
    for option, methods in options:
        for name in methods.split(", "):
            if name in classes:
                fields_of = {field.name: field for field in fields(getattr(graphcl, classes[name]))}
                assert fields_of[option].default is None, f"{option} of {name}"


def test_molecules(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    names = run("molecules.md", tmp_path, monkeypatch)
    out = capsys.readouterr().out
    assert "5 graphs of 8.6 nodes and 8.4 edges, 2 tasks" in out
    assert "1 of the 6 molecules in mine.csv have no graph and are left out (1 unparsable)" in out
    assert names["aspirin"].x.shape == (13, 2)
    torch.testing.assert_close(names["mean"], torch.tensor([0.5, 0.9]))
    assert names["sizes"].sum() == len(names["batch"].x)
    assert all(torch.equal(names["again"].splits[part], index) for part, index in names["mine"].splits.items())
    assert names["z"].shape == (5, 300)
    assert "- licence: `CC0 1.0`" in out
    assert [run.seed for run in names["tuned"].runs] == [0, 1]
    assert 1 <= names["tuned"].runs[0].chosen["epoch"] <= 5
    assert out.count("TransferScores(test roc-auc") == 2


def test_discrepancy_learning(tmp_path, monkeypatch, capsys):
    names = run("discrepancy-learning.md", tmp_path, monkeypatch)
    assert names["candidates"].edits.tolist()[0] == [0, 2, 4, 6, 8]
    assert set(names["weights"]) == set(names["graphcl"].encoders.MoleculeGIN(16).state_dict())
    assert all(torch.equal(names["weights"][key], value) for key, value in names["encoder"].state_dict().items())
    assert names["rows"].shape == (6, 16)
    assert len(names["model"].history_) == 5
    assert "spearman" in capsys.readouterr().out


def architecture() -> str:
    return (DOCS / "architecture.md").read_text(encoding="utf-8")


def rows_below(header: str) -> list[list[str]]:
    """The cells of the table with this header, without the lines of the header itself."""
    table = architecture().split(f"{header}\n", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]


def expanded(cell: str) -> list[str]:
    """The paths of a cell such as `folder/{a, b}.py`."""
    before, brace, after = cell.strip("`").partition("{")
    if not brace:
        return [before]
    names, _, end = after.partition("}")
    return [f"{before}{name.strip()}{end}" for name in names.split(",")]


def test_architecture_names_every_room():
    rooms = {row[0].strip("`") for row in rows_below("| room | what is in it | may import |")}
    assert rooms == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    beside = architecture().split("Modules beside the rooms:")[1].split("\n\n")[0]
    modules = {path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")}
    assert set(re.findall(r"`(\w+\.py)`", beside)) == modules


def test_architecture_translates_old_modules():
    for old, new in rows_below("| old module | new module |"):
        assert all((DOCS.parent / path).is_file() for path in expanded(new)), new
        moved_into_a_room = {path for path in expanded(old) if (DOCS.parent / path).is_file()}
        assert not moved_into_a_room, old
    assert expanded("`a/{b, c}.py`") == ["a/b.py", "a/c.py"]


def test_architecture_translates_old_names():
    found = []
    for old, new in rows_below("| old function or class | new |"):
        found += (targets := re.findall(r"`([\w.]+):(\w+)`", new))
        assert targets or new.startswith("gone"), old
    assert len(found) > 20
    for module, name in found:
        assert hasattr(import_module(module), name), f"{module}:{name}"


def test_architecture_names_parameters_and_hooks_that_there_are():
    text = " ".join(new for _, new in rows_below("| old parameter, attribute or hook | new |"))
    hooks = set(re.findall(r"`(_\w+)\(", text))
    assert hooks == {"_infer", "_checked", "_checked_as_fitted"}
    assert all(hasattr(graphcl.training.GraphEstimator, hook) for hook in hooks)
    assert {"optimizers", "shared"} <= {field.name for field in fields(graphcl.training.Stage)}
    assert {"parameters", "no_weight_decay"} <= {field.name for field in fields(graphcl.training.adam)}
    assert {"encoder", "summation"} <= {field.name for field in fields(graphcl.GRACE)}


def test_architecture_lists_every_method_of_nodes():
    header = "| method | full graph | sampled with all neighbours (same rows) | sampled (10, 10) |"
    listed = [row[0].strip("`") for row in rows_below(header)]
    assert sorted(listed) == sorted(graphcl.methods.of_kind("embedder", "clusterer"))


def test_architecture_mentions_files_that_there_are():
    for path in re.findall(r"`((?:\w+/)+\w+\.(?:py|md|toml))(?:::\w+)?`", architecture()):
        places = (DOCS.parent / path, PACKAGE / path)
        old = any(path in expanded(row[0]) for row in rows_below("| old module | new module |"))
        example = path.split("/")[-1].startswith("NAME")
        assert old or example or any(place.is_file() for place in places), path


def test_contributing_names_files_that_there_are():
    text = (DOCS.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = [
        path
        for path in re.findall(r"`((?:graphcl|tests|benchmarks|docs|data)/[\w/.]*)`", text)
        if "NAME" not in path
    ]
    assert {"graphcl/datasets/entries.py", "graphcl/methods/lookup/registry.py"} <= set(paths)
    assert all((DOCS.parent / path).exists() for path in paths)

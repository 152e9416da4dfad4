"""What a clumsy user may type, and every kind of bad file: one clear line each, and nothing is overwritten.

Each case is a command line, given where the files of `tests/cli/bad_files.py` lie that it names, and what the one
line on stderr must say.
"""

import re
import shlex
from pathlib import Path

import pytest
import torch

from tests.cli.bad_files import GRAPHS, PICKLES, SUITES, TEXTS, models

COMMANDS = {
    "no such command": (
        "clutser k-means karate",
        "no such command 'clutser'. Did you mean 'cluster'? See graphcl --help",
    ),
    "no such option": ("cluster k-means karate --sead 1", "no such option: --sead"),
    "argument missing": ("cluster k-means", "missing argument 'dataset'; see graphcl cluster --help"),
    "argument too many": ("methods k-means cora", "unexpected extra argument"),
    "option missing": ("train k-means karate", "missing option '--out'; see graphcl train --help"),
    "option without its value": ("cluster k-means karate --set", "option '--set' requires an argument"),
    "unknown method": ("cluster kmeans karate", "no method is named 'kmeans' (did you mean k-means"),
    "unknown dataset": ("cluster k-means karat", "no dataset is named 'karat' (did you mean karate?)"),
    "dataset outside of the folder": ("datasets ../../karate", "no dataset is named '../../karate'"),
    "dataset is a folder": ("datasets .", "no dataset is named '.'"),
    "unknown recipe of auto": ("cluster auto karate --recipe cit", "no method here has a recipe 'cit' (did you"),
    "seed as a setting of auto": (
        "cluster auto karate --set seed=1",
        "auto: the seed is no parameter here; use --seeds",
    ),
    "range of one number": (
        "choose-k karate --range 2",
        "--range must read LOW:HIGH with 1 <= LOW <= HIGH, as 2:12",
    ),
    "range that falls": ("choose-k karate --range 5:2", "as 2:12; got '5:2'"),
    "range without end": (
        "choose-k karate --range 2:1000000000000",
        "--range must end at the number of nodes; got 10",
    ),
    "range as a setting": ("choose-k karate --set n_clusters=3", "n_clusters is no setting here; use --range"),
    "setting of another method": ("choose-k karate --set tau=1", "two-view has no parameter 'tau'"),
    "plot of another kind": ("choose-k karate --plot a.gif", "a plot must end in .svg or .png; got a.gif"),
    "unknown recipe": (
        "cluster scgc karate --recipe cit",
        "no method here has a recipe 'cit' (did you mean cite?)",
    ),
}

SEEDS = {
    "no seeds": ("cluster k-means karate --seeds 0", "invalid value for '--seeds'"),
    "seeds in words": ("cluster k-means karate --seeds three", "invalid value for '--seeds'"),
    "a thousand million seeds": ("cluster k-means karate --seeds 1000000000", "invalid value for '--seeds'"),
    "seed below 0": ("train k-means karate --out a.pt --seed -1", "invalid value for '--seed'"),
    "seed a fraction": ("train k-means karate --out a.pt --seed 1.5", "invalid value for '--seed'"),
    "seed too large": (
        "train k-means karate --out a.pt --seed 99999999999",
        "seed must be less than 2147483648; got 99999999999",
    ),
    "seed as a setting": (
        "train k-means karate --out a.pt --set seed=1",
        "k-means: the seed is no parameter here; use --seed, --seeds, or seeds",
    ),
    "interval is no number": ("train k-means karate --out a.pt --every nan", "invalid value for '--every'"),
}

SETTINGS = {
    "without =": ("n_init", "a setting must read KEY=VALUE, as n_init=3; got 'n_init'"),
    "without a key": ("=3", "a setting must read KEY=VALUE, as n_init=3; got '=3'"),
    "unknown": ("tua=1", "scgc has no parameter 'tua' (did you mean tau?); choose among"),
    "no clusters": ("n_clusters=0", "n_clusters must be greater than or equal to 1; got 0"),
    "clusters below 0": ("n_clusters=-2", "n_clusters must be greater than or equal to 1; got -2"),
    "clusters a fraction": ("n_clusters=2.5", "n_clusters must be a valid integer; got 2.5"),
    "clusters true": ("n_clusters=true", "n_clusters must be a valid integer; got True"),
    "clusters in words": ("n_clusters=two", "n_clusters must be a valid integer; got 'two'"),
    "more clusters than nodes": ("n_clusters=35", "n_clusters must be at most the number of nodes; got 35 for 34"),
    "clusters without end": ("n_clusters=99999999999", "n_clusters must be less than 2147483648; got 99999999999"),
    "learning rate 0": ("lr=0", "lr must be greater than 0; got 0"),
    "learning rate below 0": ("lr=-0.1", "lr must be greater than 0; got -0.1"),
    "learning rate NaN": ("lr=nan", "lr must be greater than 0; got nan"),
    "learning rate infinite": ("lr=inf", "lr must be a finite number; got inf"),
    "learning rate in words": ("lr=fast", "lr must be a valid number; got 'fast'"),
    "number for a list": ("hidden_channels=5", "hidden_channels must be a list; got 5"),
    "list with a 0": ("hidden_channels=[5,0]", "hidden_channels[1] must be greater than or equal to 1"),
    "unknown precision": ("precision=fp16", "precision must be 'fp32', 'bf16' or 'fp64'; got 'fp16'"),
    "nonsense device": ("device=gpu", "device must be auto or one of cpu"),
    "device without memory": ("device=meta", "device must be auto or one of cpu"),
    "device a number": ("device=0", "device must be a valid string; got 0"),
}

DATA = {
    "of no dataset": ("datasets --data k=3", "--data k=3 needs a dataset"),
    "without =": ("datasets digits --data k", "a setting must read KEY=VALUE"),
    "unknown": ("datasets planted-partition --data node=5", "unknown parameter 'node' (did you mean nodes?)"),
    "out of range": ("datasets digits --data k=1797", "k must lie in [1, 1796] for 1797 rows; got 1797"),
    "wrong type": ("datasets digits --data k=x", "digits: k should be a valid integer; got 'x'"),
    "unknown choice": ("datasets digits --data similarity=cos", "similarity should be 'heat', 'dot' or 'ncos'"),
    "10^15 nodes": (
        "datasets planted-partition --data nodes=1000000000000000",
        "nodes should be less than 2147483648; got 1000000000000000",
    ),
    "more than the memory": (
        "datasets planted-partition --data nodes=2000000000 --data features=1000",
        "the graph would take about 8688 GB, and this machine has",
    ),
    "root missing": ("datasets --root nowhere", "root names no folder: 'nowhere'; create it or name another"),
    "root a file": ("datasets --root good.npz", "root names no folder: 'good.npz'; create it or name another"),
    "pickle with another digest": ("datasets cora --root raw", "cora: ind.cora.x from"),
}

FILES = {
    "graph missing": ("datasets missing.npz", "missing.npz: no such file; name an existing .npz file"),
    "graph a folder": ("datasets folder.npz", "folder.npz: no such file; name an existing .npz file"),
    "graph cut off": ("datasets cut.npz", "cut.npz: not an npz file, or cut off"),
    "graph empty": ("datasets empty.npz", "empty.npz: not an npz file, or cut off"),
    "graph a text": ("datasets text.npz", "text.npz: not an npz file, or cut off"),
    "graph without x": (
        "cluster k-means no-x.npz",
        "no-x.npz has no features, and k-means reads some; make them by",
    ),
    "graph without edges": ("datasets no-edges.npz", "edge_index is missing; add it, or give k"),
    "graph of objects": ("datasets objects.npz", "x holds Python objects, which are never unpickled"),
    "x with too few rows": ("datasets rows.npz", "edge_index must lie in [0, 6]; got 0 to 7"),
    "x with one dimension": ("datasets 1d.npz", "x must have at least one row and one column; got shape [8]"),
    "x without rows": ("datasets no-nodes.npz", "x must have at least one row and one column; got shape [0, 3]"),
    "x with NaN": ("datasets nan.npz", "x must be finite in float32; got NaN or infinity; clean or rescale it"),
    "x infinite": ("datasets inf.npz", "x must be finite in float32; got NaN or infinity; clean or rescale it"),
    "x too large when dense": ("datasets dense.npz", "needs 4000 GB when dense; reduce it first"),
    "edges of floats": (
        "datasets float-edges.npz",
        "edge_index must hold integers; got float64; save it as int64",
    ),
    "edges transposed": ("datasets transposed.npz", "edge_index must have shape [2, E]; got [8, 2]"),
    "edges beyond the nodes": ("datasets beyond.npz", "edge_index must lie in [0, 7]; got 1 to 8"),
    "edges below 0": ("datasets negative.npz", "edge_index must lie in [0, 7]; got -1 to 6"),
    "edges with weights": ("datasets weights.npz", "edge_weight is not used, all edges count the same"),
    "y too short": ("datasets short-y.npz", "y must have shape [8], one label per row of x; got [7]"),
    "y of floats": ("datasets float-y.npz", "y must hold integers; got float64; number the classes 0, 1, ..."),
    "no classes to count": ("cluster k-means no-y.npz", "no-y.npz has no classes to take the number of clusters"),
    "suite missing": ("bench run missing.toml", "missing.toml: No such file or directory; name an existing file"),
    "suite a folder": ("bench run folder.toml", "folder.toml: Is a directory; name a file"),
    "suite no TOML": ("bench run no.toml", "no.toml, line 1: Expected '=' after a key"),
    "suite with a key twice": ("bench run twice.toml", "line 5: this key is there already; got 'seeds = 2'"),
    "suite with a table twice": ("bench run table-twice.toml", "table-twice.toml, line 6: Cannot declare"),
    "suite not in UTF-8": ("bench run latin.toml", "latin.toml is no text in UTF-8: byte 0xe9 at position 73"),
    "suite nested too deeply": ("bench run deep.toml", "deep.toml"),
    "suite with an unknown key": ("bench run unknown-key.toml", "unknown key 'method' (did you mean methods?)"),
    "suite with a key misspelt": (
        "bench run key-misspelt.toml",
        "key-misspelt.toml: unknown key 'method' (did you mean methods?)",
    ),
    "suite with an unknown method": ("bench run unknown-method.toml", "unknown-method.toml: no method is named"),
    "suite with an unknown dataset": (
        "bench run unknown-dataset.toml",
        "no dataset is named 'karat' (did you mean",
    ),
    "suite with an unknown setting": (
        "bench run unknown-setting.toml",
        "k-means has no parameter 'n_int' (did you",
    ),
    "suite without a name": ("bench run no-name.toml", "no-name.toml: the key name is missing"),
    "suite named as a path": ("bench run path-name.toml", "path-name.toml: name must be letters, digits"),
    "suite with 0 seeds": ("bench run no-seeds.toml", "seeds must be how many, from 1 to 1000, or a list"),
    "suite with too many seeds": ("bench run many-seeds.toml", "or a list of as many; got 1000000000"),
    "suite with seeds as text": ("bench run text-seeds.toml", "or a list of as many; got '1'"),
    "suite with a huge seed": ("bench run huge-seed.toml", "seeds.0 should be less than 2147483648"),
    "suite without methods": ("bench run no-methods.toml", "methods must name at least one; got []"),
    "suite with a method for a list": (
        "bench run one-method.toml",
        "methods should be a valid list; got 'k-means'",
    ),
    "suite with an unknown recipe": ("bench run recipe.toml", "no method here has a recipe 'karat'"),
    "records missing": ("bench table missing.jsonl", "missing.jsonl: No such file or directory; name an existing"),
    "records a folder": ("bench table folder.npz", "folder.npz: Is a directory; name a file"),
    "records of another kind": (
        "bench table notes.jsonl",
        "notes.jsonl holds something other than records; name another file",
    ),
    "records that are lists": ("bench table list.jsonl", "list.jsonl holds something other than records"),
    "records not in UTF-8": ("bench table latin.jsonl", "latin.jsonl holds something other than records"),
    "records broken in the middle": ("bench table middle.jsonl", "middle.jsonl, line 2: not a record"),
    "records lacking keys": ("bench table lacking.jsonl", "lacking.jsonl, line 1: not a record: checksum, data"),
    "no records": ("bench table empty.jsonl", "there are no records to show; graphcl bench run makes some"),
    "report of no records": (
        "bench report empty.jsonl --out a.html",
        "there are no records to show; graphcl bench run",
    ),
    "page missing": ("bench readme missing.md", "missing.md: No such file or directory; name an existing file"),
    "page not in UTF-8": ("bench readme latin.md", "latin.md is no text in UTF-8: byte 0xe9 at position 3"),
    "page without a place": (
        "bench readme no-place.md",
        "no-place.md has no place for a table; write <!-- results",
    ),
    "page whose records are gone": ("bench readme no-file.md", "missing.jsonl: No such file or directory"),
    "page out of date": ("bench readme old.md --check", "a table in old.md is out of date; run graphcl bench"),
}

MODELS = {
    "missing": ("embed missing.pt karate --out z.npy", "no file missing.pt; give the path of a file written by"),
    "a folder": ("embed folder.npz karate --out z.npy", "folder.npz is not a file written by graphcl, or it"),
    "a text": ("embed text.npz karate --out z.npy", "text.npz is not a file written by graphcl, or it is broken"),
    "cut off": ("embed cut.pt karate --out z.npy", "cut.pt is not a file written by graphcl, or it is broken"),
    "with a flipped bit": (
        "embed flipped.pt karate --out z.npy",
        "flipped.pt is not a file written by graphcl, or",
    ),
    "a harmful pickle": ("embed harmful.pt karate --out z.npy", "harmful.pt is not a file written by graphcl"),
    "of another program": ("embed foreign.pt karate --out z.npy", "foreign.pt holds no model; give a file that"),
    "of a newer format": (
        "embed newer.pt karate --out z.npy",
        "newer.pt has format 3, this graphcl reads up to 2; upgrade",
    ),
    "of an unknown method": ("embed unheard.pt karate --out z.npy", "unheard.pt holds the method 'unheard-of'"),
    "with an unknown setting": (
        "embed changed.pt karate --out z.npy",
        "changed.pt does not fit k-means as it is here",
    ),
    "of a training under way": ("embed waiting.pt.checkpoint karate --out z.npy", "holds an interrupted training"),
    "for other features": ("embed good.pt good.npz --out z.npy", "x must have the 34 columns that fit saw; got 8"),
    "state waiting": ("train scgc karate --out waiting.pt", "go on with --resume, or remove it to start anew"),
    "state cut off": (
        "train scgc karate --out cut.pt --resume",
        "cut.pt.checkpoint is not a file written by graphcl",
    ),
    "state of another kind": ("train scgc karate --out foreign.pt --resume", "holds no interrupted training"),
    "state of a newer format": ("train scgc karate --out newer.pt --resume", "has format 3, this graphcl reads 2"),
    "state of another revision": ("train scgc karate --out older.pt --resume", "differs in revision, params"),
    "state of another method": (
        "train k-means karate --out waiting.pt --resume",
        "differs in method: it was trained with method='scgc', got method='k-means'; use the same",
    ),
    "state of another graph": (
        "train scgc good.npz --out waiting.pt --resume",
        "differs in params, data: it was trained with hidden_channels=",
    ),
}

PLACES = {
    "results in a folder": ("cluster k-means karate --out .", "cannot be written: it is a folder; choose another"),
    "results below a file": (
        "cluster k-means karate --out good.npz/a.jsonl",
        "cannot be written: its folder is a file",
    ),
    "results over a graph": (
        "cluster k-means good.npz --out good.npz",
        "good.npz holds something other than records; name",
    ),
    "results over notes": (
        "cluster k-means karate --out notes.jsonl",
        "notes.jsonl holds something other than records",
    ),
    "results in a device": ("cluster k-means karate --out /dev/null", "cannot be written: it is a device; choose"),
    "results of a suite below a file": (
        "bench run good.toml --out good.npz",
        "cannot be written: its folder is a file",
    ),
    "model in a folder": (
        "train k-means karate --out .",
        "cannot be written: it is a folder; choose another place",
    ),
    "model below a file": (
        "train k-means karate --out good.npz/a.pt",
        "good.npz/a.pt: cannot be written: its folder is a",
    ),
    "model over its graph": (
        "train k-means good.npz --out good.npz",
        "good.npz is read by this command; name another file",
    ),
    "model in a device": ("train k-means karate --out /dev/null", "/dev/null: cannot be written: it is a device"),
    "losses over the graph": (
        "train k-means good.npz --out a.pt --history good.npz",
        "good.npz is read by this command; name another file to write",
    ),
    "losses over the model": (
        "train scgc karate --out a.pt --history a.pt",
        "--out, --history and --labels must be files of their own",
    ),
    "losses in a folder": (
        "train scgc karate --out a.pt --history .",
        "cannot be written: it is a folder; choose",
    ),
    "report over its results": (
        "bench report old.jsonl --out old.jsonl",
        "old.jsonl is read by this command; name another",
    ),
    "histories of results": (
        "bench histories old.jsonl --out a.html",
        "old.jsonl is not a history, as graphcl train --history writes it, or it has no epoch",
    ),
    "histories that are not there": ("bench histories absent.csv", "absent.csv"),
    "histories over a history": (
        "bench histories old.jsonl --out old.jsonl",
        "old.jsonl is read by this command; name another",
    ),
    "report in a folder": (
        "bench report old.jsonl --out .",
        "cannot be written: it is a folder; choose another place",
    ),
    "card over other text": (
        "train k-means karate --out notes.pt --set n_clusters=2",
        "notes.card.md: is there already and is no model card of graphcl; name another file",
    ),
    "embedding in a folder": ("embed good.pt karate --out .", "cannot be written: it is a folder; choose another"),
    "page over notes": (
        "bench report old.jsonl --out notes.jsonl",
        "notes.jsonl: is there already and is no page of graphcl; name another file",
    ),
    "model over another file": (
        "train scgc karate --out good.pt",
        "good.pt: is there already; give --overwrite, or --resume, or name another file",
    ),
    "losses over another file": (
        "train scgc karate --out a.pt --history notes.jsonl",
        "notes.jsonl: is there already; give --overwrite, or --resume, or name another file",
    ),
    "embedding over another file": (
        "embed good.pt karate --out notes.jsonl",
        "notes.jsonl: is there already; give --overwrite, or name another file",
    ),
    "embedding over its model": (
        "embed good.pt karate --out good.pt",
        "good.pt is read by this command; name another file to",
    ),
}

CASES = {
    **{f"command: {name}": case for name, case in COMMANDS.items()},
    **{f"seed: {name}": case for name, case in SEEDS.items()},
    **{
        f"setting: {name}": (f"train scgc karate --out a.pt --set {text}", m)
        for name, (text, m) in SETTINGS.items()
    },
    **{f"data: {name}": case for name, case in DATA.items()},
    **{f"file: {name}": case for name, case in FILES.items()},
    **{f"model: {name}": case for name, case in MODELS.items()},
    **{f"place: {name}": case for name, case in PLACES.items()},
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return {**GRAPHS, **SUITES, **TEXTS, **PICKLES, **models(tmp_path_factory.mktemp("models"))}


@pytest.fixture
def folder(tmp_path, monkeypatch, files):
    """Go to an empty folder, and put the files there that a command line names, with any endings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRAPHCL_DATA", raising=False)

    def put(line: str) -> Path:
        named = {re.split("[./]", word)[0] for word in line.split()}
        for name, content in files.items():
            if re.split("[./]", name)[0] not in named:
                continue
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                Path(name).mkdir()
            else:
                Path(name).write_bytes(content)
        return tmp_path

    return put


def listing(folder: Path) -> dict[Path, bytes]:
    return {path: content for path in folder.rglob("*") if path.is_file() and (content := path.read_bytes())}


@pytest.mark.parametrize(("line", "message"), CASES.values(), ids=CASES)
def test_bad_input_is_one_line_and_changes_nothing(line, message, call, folder):
    before = listing(folder(line))
    status, out, err = call(*shlex.split(line))
    assert status == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
    assert "Traceback" not in err
    assert listing(Path()) == {path.relative_to(Path.cwd()): content for path, content in before.items()}


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_an_absent_device_is_refused(call, tmp_path):
    status, _, err = call("train", "scgc", "karate", "--out", tmp_path / "a.pt", "--set", "device=cuda")
    assert status == 2
    assert err == "error: device must be auto or one of cpu; got 'cuda'\n"


def test_there_are_many_kinds():
    assert len(CASES) > 100

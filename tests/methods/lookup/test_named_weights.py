"""Weights by name: those that come with graphcl, and that no other file is taken for one of them."""

import sys
from pathlib import Path

import pytest
import torch

import graphcl
from graphcl.methods.lookup import loading, named_weights
from graphcl.methods.lookup.named_weights import FOLDER, find_weights, weights_names, weights_table
from graphcl.training import About
from tests.easy import many

SCRIPTS = Path(__file__).parents[3] / "benchmarks" / "molecules"


@pytest.fixture
def ship(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import ship

    return ship


@pytest.fixture
def folder(tmp_path, monkeypatch, ship):
    """A folder of weights with one tiny model, in place of that of the package."""
    place = tmp_path / "weights"
    place.mkdir()
    (place / "weights.toml").write_text("# These are weights.\n")
    monkeypatch.setattr(named_weights, "FOLDER", place)
    settings = {"channels": 8, "num_layers": 1, "epochs": 1, "device": "cpu", "precision": "bf16"}
    model = graphcl.AttrMasking(**settings).fit(many("molecule"))
    said = ship.ship(
        model, "tiny-mol", place, About(data="mine", licence="CC0"), what="a try", scores={"auc": 0.6}
    )
    assert said.startswith("tiny-mol.safetensors: 0.0")
    return place


def test_those_in_the_package_are_small_whole_and_described():
    table = weights_table(FOLDER)
    files = {path.name for path in FOLDER.iterdir()}
    assert files == {"weights.toml", *(f"{name}{end}" for name in table for end in (".safetensors", ".card.md"))}
    for name, entry in table.items():
        path = find_weights(name)
        assert path.stat().st_size == entry["bytes"] < 8_000_000
        model = graphcl.load(name)
        card = (FOLDER / f"{name}.card.md").read_text(encoding="utf-8")
        assert f"- licence: `{model.card_['licence']}`" in card
        assert model.card_["checksum"] in card
        assert {"revision", "size", "precision", "versions", "intended_use"} <= set(model.card_)
        assert {value.dtype for value in model.module_.parameters()} == {torch.float32}
        z = model.transform(many("molecule"))
        assert z.shape == (24, 300)
        assert z.dtype == torch.float32
        assert z.isfinite().all()
        assert z.std(0).min() > 0


def test_a_name_gives_the_model(folder, tmp_path, monkeypatch):
    assert weights_names() == ["tiny-mol"]
    table = folder / "weights.toml"
    assert table.read_text().startswith('# These are weights.\n\n["tiny-mol"]\nsha256 = "')
    model = graphcl.load("tiny-mol")
    assert (model.name, model.precision, model.channels) == ("attr-masking", "fp32", 8)
    assert model.transform(many("molecule")).shape == (24, 8)
    assert model.card_["scores"] == {"auc": 0.6}
    card = (folder / "tiny-mol.card.md").read_text()
    assert "- precision: `bf16`" in card
    assert "float16" in card
    monkeypatch.chdir(tmp_path)
    other = graphcl.AttrMasking(channels=4, num_layers=1, epochs=0, device="cpu").fit(many("molecule"))
    other.save("tiny-mol")
    assert graphcl.load("tiny-mol").channels == 4, "a file of one's own comes first"


def test_another_file_is_refused_before_it_is_read(folder, monkeypatch):
    path = folder / "tiny-mol.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    monkeypatch.setattr(loading, "read_saved", lambda path: pytest.fail("it was read"))
    with pytest.raises(
        ValueError, match=r"tiny-mol.safetensors is not the file .* its sha256 differs; install graphcl"
    ):
        graphcl.load("tiny-mol")
    path.unlink()
    with pytest.raises(FileNotFoundError, match="which comes with graphcl; install graphcl again"):
        graphcl.load("tiny-mol")


def test_unknown_names(folder):
    message = (
        r"no weights are named 'tiny-mole' \(did you mean tiny-mol\?\); graphcl has tiny-mol; give one of these"
    )
    with pytest.raises(ValueError, match=message):
        graphcl.load("tiny-mole")
    with pytest.raises(FileNotFoundError, match=r"no file tiny-mol.pt; give the path"):
        graphcl.load("tiny-mol.pt")


def test_what_is_too_large_is_not_shipped(folder, ship, monkeypatch):
    before = (folder / "weights.toml").read_bytes()
    monkeypatch.setattr(ship, "LARGEST", 1000)
    with pytest.raises(ValueError, match=r"large has .* bytes, and a part of the package has at most 1,000"):
        ship.ship(graphcl.load("tiny-mol"), "large", folder, About(), what="a try")
    assert not (folder / "large.safetensors").exists()
    assert (folder / "weights.toml").read_bytes() == before


def test_the_script_reads_the_data_again(folder, ship, tmp_path, monkeypatch, capsys):
    graphs = many("molecule")
    data = graphcl.datasets.GraphCollectionDataset("zinc-moses", graphcl.datasets.GraphCollection.of(graphs))
    monkeypatch.setattr(
        ship, "load_data", lambda name, first: data if (name, first) == ("zinc-moses", 24) else None
    )
    graphcl.load("tiny-mol").save(tmp_path / "model.pt")
    command = [
        "ship.py",
        str(tmp_path / "model.pt"),
        "--name",
        "second",
        "--molecules",
        "24",
        "--score",
        "a b=0.5",
    ]
    monkeypatch.setattr(sys, "argv", [*command, "--folder", str(folder)])
    ship.main()
    assert "second.safetensors: " in capsys.readouterr().out
    assert weights_names() == ["tiny-mol", "second"]
    card = (folder / "second.card.md").read_text()
    for fact in ("name: `zinc-moses`", "licence: `MIT`", "a b: `0.5`", "size: `24 graphs, "):
        assert f"\n- {fact}" in card
    assert weights_table(folder)["second"]["what"] == "attr-masking, 1 epochs on 24 molecules of MOSES"
    ship.main()
    assert weights_names() == ["tiny-mol", "second"]

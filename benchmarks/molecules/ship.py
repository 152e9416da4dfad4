"""Make a model of pretrain.py one of the weights that come with graphcl: in float16, with checksum and card.

    GRAPHCL_DATA=... python benchmarks/molecules/ship.py WEIGHTS.pt --name dsla-moses-50k --molecules 50000

Writes NAME.safetensors and NAME.card.md into graphcl/weights, and the entry of `weights.toml`. The data is read
again for its name, checksum and size, which the card states. `--score "bbbp roc-auc=0.68"` adds a score to it.
"""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import graphcl
from graphcl.bench.runs.about_data import about_data
from graphcl.datasets import load as load_data
from graphcl.methods.lookup.named_weights import FOLDER, TABLE, weights_table
from graphcl.training import About, GraphEstimator
from graphcl.training.estimators.model_card import training_facts

LARGEST = 8_000_000
"""Bytes of a file beyond which it is no part of a package."""

USE = (
    "Embeddings of drug-like molecules, one row of 300 numbers each, the mean over their atoms: to cluster, to "
    "search by similarity, as features of a model that is trained with labels, or to fine-tune. It predicts no "
    "property by itself. It was trained on few and small molecules for few epochs, as an example that loads at "
    "once: compare with Morgan fingerprints before relying on it. The molecules of MOSES are neutral and made of "
    "C, N, O, S, F, Cl, Br and H: salts, metals and other elements are not what it has seen."
)


def main() -> None:
    """Read the model and its data, and write the files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("model", type=Path, help="as pretrain.py wrote it")
    parser.add_argument("--name", required=True, help="that users load it by, as dsla-moses-50k")
    parser.add_argument("--molecules", type=int, required=True, help="of zinc-moses, that it was trained on")
    parser.add_argument(
        "--trained-here", action="store_true", help="a model without a card: take versions from here"
    )
    parser.add_argument("--score", action="append", default=[], metavar="NAME=NUMBER", help="for the card")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the weights; default: in the package")
    options = parser.parse_args()
    dataset = load_data("zinc-moses", first=options.molecules)
    known = about_data(dataset, "zinc-moses")
    model = graphcl.load(options.model)
    if options.trained_here and not model.card_:  # written before there were cards
        model.card_ = training_facts(model, dataset.graphs)
    epochs = len(model.history_)
    what = f"{model.name}, {epochs} epochs on {options.molecules:,} molecules of MOSES"
    print(ship(model, options.name, options.folder, known, what=what, scores=scores(options.score)))


def ship(
    model: GraphEstimator,
    name: str,
    folder: Path,
    known: About,
    *,
    what: str,
    scores: Mapping[str, float] | None = None,
) -> str:
    """Write a model, its card and its entry in the table.

    Args:
        model: fitted, or loaded.
        name: that users load it by.
        folder: with the table of weights.
        known: of the data.
        what: the model in a line.
        scores: for the card.

    Returns:
        What was written, in a line.

    Raises:
        ValueError: a file of more than 8 MB.
    """
    model.params_ = {**model.params_, "precision": "fp32"}  # that of its use; the card has that of its training
    notes = "Weights are rounded to float16 in the file, and are float32 once loaded; so is what they compute."
    about = About(**{**known.facts(), "intended_use": USE, "scores": dict(scores or {}), "notes": notes})
    path = folder / f"{name}.safetensors"
    model.save(path, half=True, about=about)
    data = path.read_bytes()
    if len(data) > LARGEST:
        path.unlink()
        raise ValueError(f"{name} has {len(data):,} bytes, and a part of the package has at most {LARGEST:,}")
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "what": what}
    write_table(folder, {**weights_table(folder), name: entry})
    return f"{path.name}: {len(data) / 1e6:.2f} MB, sha256 {entry['sha256']}"


def write_table(folder: Path, table: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the table of weights below the comment that it starts with."""
    path = folder / TABLE
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    for name, entry in table.items():
        lines += ["", f'["{name}"]', *(f"{key} = {_toml(value)}" for key, value in entry.items())]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def scores(given: Sequence[str]) -> dict[str, float]:
    """The scores of the command line, by name."""
    pairs = [text.rpartition("=") for text in given]
    return {name: float(number) for name, _, number in pairs}


def _toml(value: Any) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


if __name__ == "__main__":
    main()

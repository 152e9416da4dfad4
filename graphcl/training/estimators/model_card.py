"""Model cards: what a saved model is, was trained on and is for, as Markdown beside it and as facts within it."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from graphcl import __version__
from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.ops.files.tensor_files import whole_file
from graphcl.ops.machine.versions import versions
from graphcl.training.estimators.objects import is_plain

if TYPE_CHECKING:
    from graphcl.training.estimators.estimator import GraphEstimator

LONGEST = 100_000
"""Characters of the facts of a card in JSON, beyond which a file holds something else."""

MODELS = (".pt", ".pth", ".safetensors")

UNKNOWN = "not recorded"

USE = (
    "Embeddings of data of the same kind as that it was trained on: to cluster, to search by similarity, or as "
    "features of a model that is trained with labels. It predicts no property by itself. Nothing is known of how "
    "it does on data of another kind, and any use has to be judged on data of its own."
)


def card_path(model: Path) -> Path:
    """Where the card of a model lies: beside it.

    Example:
        >>> card_path(Path("deep/model.pt")).as_posix(), card_path(Path("v1.2")).name
        ('deep/model.card.md', 'v1.2.card.md')
    """
    name = model.stem if model.suffix.lower() in MODELS else model.name
    return model.parent / f"{name}.card.md"


def training_facts(estimator: "GraphEstimator", graphs: Graphs) -> dict[str, Any]:
    """What `fit` knows for the card: the size of the data, the precision, and the versions it runs with.

    Args:
        estimator: that was fitted.
        graphs: the checked data.
    """
    if isinstance(graphs, GraphCollection):
        size = {"graphs": len(graphs), "nodes": len(graphs.x), "edges": graphs.edge_index.size(1)}
    else:
        size = {"nodes": sum(graph.x.size(0) for graph in graphs)}
        size["edges"] = sum(graph.edge_index.size(1) for graph in graphs)
    return {
        "revision": estimator.revision,
        "size": size,
        "precision": estimator.precision,
        "versions": {**versions(), "graphcl": __version__},
    }


def check_facts(card: Any) -> None:
    """Refuse what cannot be the facts of a card: anything but a dict of plain values of some pages.

    Raises:
        ValueError: it is something else.
    """
    plain = isinstance(card, dict) and is_plain(card)
    if not plain or len(json.dumps(card)) > LONGEST:
        raise ValueError("its card is no dict of plain values")


def write_card(model: Path, content: Mapping[str, Any]) -> None:
    """Write the card of a saved model beside it.

    Args:
        model: path of the model.
        content: what its file holds.

    Raises:
        OSError: the file cannot be written.
    """
    with whole_file(card_path(model)) as file:
        file.write(card_text(content).encode())


def card_text(content: Mapping[str, Any]) -> str:
    """The card of a model in Markdown.

    Args:
        content: what its file holds; of any values that are not plain, nothing is shown.
    """
    card, params, fitted = content["card"], content["params"], content["fitted"]
    sections = {
        "Model": _model(content),
        "Data": [
            ("name", card.get("data", "not given")),
            ("parameters", card.get("parameters", {})),
            ("checksum", f"sha256 {card['checksum']}" if card.get("checksum") else None),
            ("size", _size(card.get("size"))),
            ("origin", card.get("origin")),
            ("licence", card.get("licence", "not given")),
        ],
        "Training": [
            ("seed", params.get("seed")),
            ("precision", card.get("precision", params.get("precision"))),
            *((f"stage {stage.get('name')}", _stage(stage)) for stage in fitted.get("stages_", [])),
            ("last epoch", (fitted.get("history_") or [None])[-1]),
            ("hyper-parameters", params),
        ],
        "Scores": list(card.get("scores", {}).items()) or [("scores", "none were given")],
        "Versions": list(card.get("versions", {}).items()) or [("versions", UNKNOWN)],
    }
    lines = [
        f"# Model card: {_prose(content['method'])}",
        "",
        "Written by graphcl; its trainings read no labels.",
    ]
    for heading, items in sections.items():
        lines += ["", f"## {heading}", "", *_list(items)]
    for heading, text in (("Intended use", card.get("intended_use") or USE), ("Notes", card.get("notes"))):
        lines += ["", f"## {heading}", "", _prose(text)] if text else []
    return "\n".join([*lines, ""])


def _model(content: Mapping[str, Any]) -> list[tuple[str, Any]]:
    state, card = content["state"], content["card"]
    weights = [
        value for value in (state or {}).values() if isinstance(value, Tensor) and value.is_floating_point()
    ]
    types = sorted({str(value.dtype).removeprefix("torch.") for value in weights})
    numbers = f"{sum(map(Tensor.numel, weights)):,} numbers, {' and '.join(types)}" if weights else "none"
    return [
        ("method", content["method"]),
        ("revision", card.get("revision", UNKNOWN)),
        ("weights", numbers),
        ("columns of x", content["fitted"].get("n_features_in_")),
        ("left out of the file", ", ".join(content["left_out"]) or "nothing"),
    ]


def _size(size: Any) -> str:
    if not isinstance(size, dict):
        return UNKNOWN
    return ", ".join(f"{count:,} {name}" for name, count in size.items() if isinstance(count, int))


def _stage(stage: Mapping[str, Any]) -> str:
    counts = [f"{stage[name]:,} {name}" for name in ("epochs", "steps") if isinstance(stage.get(name), int)]
    seconds = stage.get("cpu_seconds")
    cost = [f"{seconds:,.1f} CPU s"] if isinstance(seconds, float) else []
    return ", ".join([count for count in counts if not count.startswith("0 ")] + cost)


def _list(items: Iterable[tuple[str, Any]]) -> list[str]:
    """A line for each fact; facts that nothing is known of have none."""
    return [f"- {_prose(name)}: {_code(value)}" for name, value in items if value is not None and value != {}]


def _code(value: Any) -> str:
    """A value as a span of code, in which nothing of it is Markdown or HTML."""
    if isinstance(value, Mapping):
        return ", ".join(_code(f"{name}={_text(item)}") for name, item in value.items())
    return f"`{_one_line(_text(value)).replace('`', chr(39))}`"


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _prose(text: Any) -> str:
    """A text of others in which nothing is Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>#|!&])", r"\\\1", _one_line(str(text)))


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 2000 else f"{line[:2000]} ..."

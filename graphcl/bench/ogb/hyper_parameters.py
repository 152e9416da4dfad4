"""Hyper-parameters as OGB's form wants them: what was tried, and what was chosen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from graphcl.bench.ogb.protocols import OgbProtocol
from graphcl.bench.runs.record import Record

NOT_TUNED = ("device", "precision")


def tuned_text(records: Sequence[Record], protocol: OgbProtocol, tried: Mapping[str, Sequence[Any]]) -> str:
    """Hyper-parameters among which validation chose, as "lr: [0.001*, 0.01]", with * at what was chosen.

    Args:
        records: of the seeds of an entry.
        protocol: whose settings are chosen for each seed.
        tried: values of the method's hyper-parameters that were compared on validation beforehand, by name.
    """
    texts = [marked(name, values, [records[0].params.get(name)]) for name, values in tried.items()]
    for name, values in protocol.tried.items():
        texts.append(marked(name, values, chosen(records, name, values)))
    if protocol.kind == "fine-tune":
        texts.append(f"epoch: 1 to {protocol.epochs}, {_epochs(records, 'epoch')}")
    if protocol.kind == "mlp":
        texts.append(f"probe_epoch: {_epochs(records, 'probe_epoch')}")
    return ", ".join(texts) or "none"


def fixed_text(records: Sequence[Record], tried: Mapping[str, Sequence[Any]]) -> str:
    """Hyper-parameters of the method that were not tuned, as "epochs: 200"."""
    return ", ".join(
        f"{name}: {_plain(value)}"
        for name, value in records[0].params.items()
        if name not in (*tried, *NOT_TUNED) and value is not None
    ) or "none"  # fmt: skip


def chosen(records: Sequence[Record], name: str, values: Sequence[Any]) -> list[Any]:
    """What validation chose for each seed that has this setting.

    Args:
        records: of the seeds.
        name: of the hyper-parameter.
        values: those tried; texts are on record by their place among them.
    """
    numbers = [record.metrics[f"chosen/{name}"] for record in records if f"chosen/{name}" in record.metrics]
    return [values[int(number)] for number in numbers] if isinstance(values[0], str) else numbers


def marked(name: str, values: Sequence[Any], picked: Sequence[Any]) -> str:
    """A hyper-parameter with its tried values, a * at the chosen ones, and how often where seeds differ.

    Example:
        >>> marked("lr", [0.001, 0.01], [0.001]), marked("lr", [0.001, 0.01], [0.001, 0.01, 0.01])
        ('lr: [0.001*, 0.01]', 'lr: [0.001* (1 seed), 0.01* (2 seeds)]')
    """
    count = Counter(_plain(value) for value in picked)
    several = len(count) > 1
    texts = []
    for value in map(_plain, values):
        seeds = f" ({count[value]} seed{'s' if count[value] > 1 else ''})" if several else ""
        texts.append(f"{value}*{seeds}" if value in count else value)
    return f"{name}: [{', '.join(texts)}]"


def check_tried(tried: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Refuse lists of tried values that do not hold what is run.

    Args:
        tried: by hyper-parameter, a list of values.
        params: those in force.

    Raises:
        ValueError: no list, an unknown name, or a list without the value in force.

    Example:
        >>> check_tried({"lr": [0.001, 0.01]}, {"lr": 0.01})
    """
    for name, values in tried.items():
        if not isinstance(values, list) or not values:
            raise ValueError(f"--tried {name} must be a list of values, as '{name}=[1, 2]'; got {values!r}")
        if name not in params:
            raise ValueError(f"--tried {name}: there is no such hyper-parameter; there are {', '.join(params)}")
        if params[name] not in values:
            raise ValueError(
                f"--tried {name} must hold the value that is run, {_plain(params[name])}; got {values!r}"
            )


def _epochs(records: Sequence[Record], name: str) -> str:
    epochs = [int(record.metrics[f"chosen/{name}"]) for record in records]
    return f"the one of the best validation score of each seed ({', '.join(map(str, epochs))})"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)

"""Published results of a method on a data set: numbers with source, status and protocol."""

from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, cast, get_args

from graphcl.recipes.reading import read_recipe_file

Status = Literal["verified", "second-hand"]
"""Read in the source itself, or quoted from another publication."""

RANGES = {
    "acc": (0, 100),
    "nmi": (0, 100),
    "ari": (-50, 100),
    "f1": (0, 100),
    "probe/micro_f1": (0, 100),
    "probe/macro_f1": (0, 100),
    "svm/accuracy": (0, 100),
    "test/acc": (0, 100),
}
"""The metrics of a published table, and where their means lie, in per cent."""


@dataclass(frozen=True)
class Published:
    """Reported results of a method on a data set.

    Args:
        metrics: by name out of RANGES: the mean in per cent, and the standard deviation or None.
        source: the publication, and its table.
        status: "verified" if they were read there, "second-hand" if they were read elsewhere.
        protocol: how they were measured, as far as the source says.
    """

    metrics: dict[str, tuple[float, float | None]]
    source: str
    status: Status
    protocol: str


def published(method: str, dataset: str) -> Published | None:
    """The published results of a method on a data set, or None where none are known.

    Args:
        method: the method's name.
        dataset: a data set's name.

    Raises:
        ValueError: the recipe file has an invalid table; the message names it.

    Example:
        >>> results = published("k-means", "cite")
        >>> results.metrics["acc"], results.status
        ((39.32, 3.17), 'verified')
        >>> published("k-means", "karate")
    """
    table = read_recipe_file(method).get(dataset, {}).get("published")
    return None if table is None else parse_published(table, f"{method}.toml, [{dataset}.published]")


def parse_published(table: dict[str, Any], place: str) -> Published:
    """A table of a recipe file as `Published`.

    Args:
        table: metrics as [mean] or [mean, std], and source, status and protocol.
        place: the table, for messages.

    Raises:
        ValueError: an unknown or missing key, a status that is none, or numbers out of range.
    """
    texts = ("source", "status", "protocol")
    if unknown := set(table).difference(RANGES, texts):
        raise ValueError(f"{place}: unknown key {min(unknown)!r}; choose among {', '.join((*RANGES, *texts))}")
    for key in texts:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ValueError(f"{place}: {key} must be a text; got {table.get(key)!r}")
    if table["status"] not in get_args(Status):
        raise ValueError(f"{place}: status must be one of {', '.join(get_args(Status))}; got {table['status']!r}")
    metrics = {key: _mean_and_deviation(table[key], key, place) for key in RANGES if key in table}
    if not metrics:
        raise ValueError(f"{place}: there must be a number; give one of {', '.join(RANGES)}")
    return Published(metrics, table["source"], cast("Status", table["status"]), table["protocol"])


def _mean_and_deviation(value: Any, metric: str, place: str) -> tuple[float, float | None]:
    low, high = RANGES[metric]
    numbers = value if isinstance(value, list) else []
    sound = all(isinstance(number, Real) and not isinstance(number, bool) for number in numbers)
    if not sound or len(numbers) not in {1, 2}:
        raise ValueError(f"{place}: {metric} must be [mean] or [mean, std]; got {value!r}")
    if not low <= numbers[0] <= high or not all(0 <= deviation <= high - low for deviation in numbers[1:]):
        raise ValueError(f"{place}: {metric} must be in per cent, its mean in [{low}, {high}]; got {value!r}")
    return float(numbers[0]), float(numbers[1]) if len(numbers) == 2 else None

"""A suite: which methods on which datasets with which seeds, as written in a TOML file.

A method is listed by its name, and has the settings that its recipe holds for each dataset; or as `NAME@RECIPE`,
and has one setting for all: `scgc-star@default` the general one, `scgc-star@cite` that for cite. A method of one's
own is listed as `my_module:MyMethod`. `methods = ["scgc-star", "scgc-star@default"]` asks for both, in rows of
their own; where the two are the same, the runs are done once and share a row. Each table `[[variants.scgc-star]]`
adds a row with its settings.
"""

import re
import reprlib
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from graphcl.bench.runs.text import read_text
from graphcl.evaluation import PROBES
from graphcl.evaluation.splits import Splitting
from graphcl.methods import get
from graphcl.recipes import check_recipe, read_recipe_file
from graphcl.suggestion import did_you_mean
from graphcl.typing import Seed

MOST_SEEDS = 1000


def _count_from_zero(seeds: Any) -> Any:
    """A number of seeds, as a file may give it, as the list of them."""
    if isinstance(seeds, int) and not isinstance(seeds, bool) and 1 <= seeds <= MOST_SEEDS:
        return list(range(seeds))
    if isinstance(seeds, list) and 1 <= len(seeds) <= MOST_SEEDS:
        return seeds
    raise ValueError(f"must be how many, from 1 to {MOST_SEEDS}, or a list of as many")


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Every method on every dataset with every seed.

    Args:
        name: of the suite, and of its file of results.
        seeds: the seeds; in a file also how many, counted from 0.
        methods: names out of METHODS, or "module:Class" for one's own, each alone or as "NAME@RECIPE".
        datasets: names, or paths of files.
        recipe: whose hyper-parameters to take where a method does not say; each dataset's own by default.
        params: by method or "NAME@RECIPE", hyper-parameters that differ from the recipe; the latter win.
        variants: by method or "NAME@RECIPE", what to run beside it, as hyper-parameters that differ.
        data: by dataset, its parameters.
        probes: names out of PROBES, to score the embeddings with; none by default.
        split: which nodes probes are fitted and scored on: "own" (the dataset's), "random", or "auto" for own
            ones where there are any.

    Raises:
        ValueError: from `check`, which reading and expanding a suite call.

    Example:
        >>> suite = Suite(name="tiny", seeds=[0, 1], methods=["kmeans"], datasets=["karate"])
        >>> suite.check()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: no method is named 'kmeans' (did you mean k-means or smooth-k-means?); choose among ...
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    seeds: Annotated[list[Seed], BeforeValidator(_count_from_zero)]
    methods: list[str]
    datasets: list[str]
    recipe: str | None = None
    params: dict[str, dict[str, Any]] = field(default_factory=dict)
    variants: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    probes: list[str] = field(default_factory=list)
    split: str = "auto"

    def check(self) -> None:
        """Refuse names that are no file's or unknown, lists that are empty or repeat, tables that nothing uses."""
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(f"name must be letters, digits, '.', '-' and '_', for a file; got {self.name!r}")
        for name in ("seeds", "methods", "datasets", "probes"):
            entries = getattr(self, name)
            if not entries and name != "probes":
                raise ValueError(f"{name} must name at least one; got {entries!r}")
            if repeated := [entry for i, entry in enumerate(entries) if entry in entries[:i]]:
                raise ValueError(f"{name} must not repeat; got {repeated[0]!r} more than once")
        for entry in self.methods:
            check_entry(entry)
        methods = list(dict.fromkeys([*self.methods, *(split_entry(entry)[0] for entry in self.methods)]))
        for table, known in (("params", methods), ("variants", methods), ("data", self.datasets)):
            for key in getattr(self, table):
                if key not in known:
                    raise ValueError(f"[{table}.{key}] belongs to nothing in the suite; it has {', '.join(known)}")
        self._check_probes()
        if self.recipe is not None:
            check_recipe(self.recipe, (get(split_entry(entry)[0]).name for entry in self.methods))

    def _check_probes(self) -> None:
        for probe in self.probes:
            if probe not in PROBES:
                hint = did_you_mean(probe, PROBES)
                raise ValueError(f"no probe is named {probe!r}{hint}; choose among {', '.join(PROBES)}")
        if self.split not in get_args(Splitting):
            raise ValueError(f"split must be one of {', '.join(get_args(Splitting))}; got {self.split!r}")
        if self.split != "auto" and not self.probes:
            raise ValueError(f"split is for probes, and there are none; got {self.split!r}; name probes, too")


def split_entry(entry: str) -> tuple[str, str | None]:
    """An entry of a suite's methods as method and recipe; None is the recipe of each dataset.

    Example:
        >>> split_entry("scgc-star@default"), split_entry("k-means")
        (('scgc-star', 'default'), ('k-means', None))
    """
    method, at, recipe = entry.partition("@")
    return method, recipe if at else None


def check_entry(entry: str) -> None:
    """Refuse an entry of a suite's methods that names no method, or a recipe that the method does not have.

    Raises:
        ValueError: such an entry.
    """
    method, recipe = split_entry(entry)
    tables = read_recipe_file(get(method).name)
    if recipe is not None and recipe not in tables:
        hint = did_you_mean(recipe, tables)
        raise ValueError(f"{method} has no recipe {recipe!r}{hint}; choose among {', '.join(tables)}")


def read_suite(path: Path) -> Suite:
    """Read a suite from a TOML file.

    Args:
        path: of the file; its keys are the fields of `Suite`.

    Raises:
        FileNotFoundError: no such file.
        ValueError: no TOML, an unknown or missing key, a wrong type, or what `Suite.check` refuses.
    """
    text = read_text(path)
    try:
        suite = TypeAdapter(Suite).validate_python(tomllib.loads(text))
        suite.check()
    except ValidationError as error:
        raise ValueError(f"{path}: {_first_problem(error)}") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}{_where(error, text)}") from None
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply; write a suite") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return suite


def _where(error: tomllib.TOMLDecodeError, text: str) -> str:
    """The line that is no TOML, and why."""
    reason, _, place = str(error).partition(" (at ")
    lines = text.rstrip().split("\n")
    number = int(place.split()[1].rstrip(",")) if place.startswith("line ") else len(lines)
    if reason == "Cannot overwrite a value":
        reason = "this key is there already"
    return f", line {number}: {reason}; got {lines[number - 1].strip()!r}"


def _first_problem(error: ValidationError) -> str:
    problems = error.errors()  # a key that is there by a wrong name says more than the right one that is missing
    problem = next((p for p in problems if p["type"] == "unexpected_keyword_argument"), problems[0])
    place = ".".join(map(str, problem["loc"]))
    keys = [field.name for field in fields(Suite)]
    match problem["type"]:
        case "missing":
            return f"the key {place} is missing"
        case "unexpected_keyword_argument":
            return f"unknown key {place!r}{did_you_mean(place, keys)}; choose among {', '.join(keys)}"
        case _:
            reason = problem["msg"].removeprefix("Input ").removeprefix("Value error, ")
            return f"{place} {reason}; got {reprlib.repr(problem['input'])}"

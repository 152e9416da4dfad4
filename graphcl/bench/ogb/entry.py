"""An entry for an OGB board: every field of the submission form, from the records of its seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from graphcl.bench.ogb.hyper_parameters import fixed_text, tuned_text
from graphcl.bench.ogb.protocols import OgbProtocol
from graphcl.bench.runs.record import Record
from graphcl.bench.transfer.rows import FOREST
from graphcl.datasets.ogb.sets import OgbSet

OURS = "to be filled in by whoever submits"


@dataclass(frozen=True, eq=False)
class OgbEntry:
    """What a report on an entry is made of.

    Args:
        facts: on the dataset.
        protocol: how it was measured.
        records: one for each seed, in the order of the seeds.
        command: that makes the report again.
        ogb: version of the package ogb.
        settings_from: where the method's settings come from.
        external: name of external data that was used, or None.
        tried: values of hyper-parameters that were compared on validation beforehand.
        draft: why it is none to be submitted; empty where it is one.
    """

    facts: OgbSet
    protocol: OgbProtocol
    records: Sequence[Record]
    command: str
    ogb: str
    settings_from: str
    external: str | None = None
    tried: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    draft: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The method's name as it would stand on a board; external data is named in it."""
        title = f"{self.records[0].method} ({self.protocol.title})"
        return f"{title}, external data: {self.external}" if self.external else title

    @property
    def stem(self) -> str:
        """Name of its files, without the ending."""
        method = "".join(c if c.isalnum() or c in "-_" else "-" for c in self.records[0].method)
        return f"{self.facts.name}-{method}-{self.protocol.kind}"

    @property
    def official(self) -> bool:
        """Whether it may be submitted."""
        return not self.draft

    def scores(self, part: str) -> list[float]:
        """Official scores of "test" or "val", by seed."""
        return [record.metrics[f"{part}/{self.facts.metric}"] for record in self.records]

    def spread(self, part: str) -> tuple[float, float | None]:
        """Mean and unbiased standard deviation over the seeds, as torch.mean and torch.std give them."""
        values = torch.tensor(self.scores(part), dtype=torch.double)
        return float(values.mean()), float(values.std()) if len(values) > 1 else None

    @property
    def parameters(self) -> int:
        """Number of parameters of all stages and the probe; the most over the seeds."""
        return int(max(record.metrics["parameters"] for record in self.records))

    @property
    def hardware(self) -> str:
        """What the runs computed on: the GPU's name, or the CPU's model."""
        kinds = dict.fromkeys(
            f"{record.versions.get('processor', 'unknown CPU')} ({record.device})"
            if record.device.startswith("cpu")
            else record.device
            for record in self.records
        )
        return "; ".join(kinds)

    @property
    def code(self) -> str:
        """The commits that the runs were made by, or the installed release."""
        texts = dict.fromkeys(
            f"graphcl {record.versions['graphcl']}, installed"
            if record.git is None
            else f"commit {record.git['commit']}" + (" with changes" if record.git["dirty"] else "")
            for record in self.records
        )
        return "; ".join(texts)

    def form(self) -> dict[str, Any]:
        """The fields of the submission form; None where whoever submits has to fill in."""
        test, val = self.spread("test"), self.spread("val")
        return {
            "ogb_version": self.ogb,
            "method_name": self.name,
            "dataset": self.facts.name,
            "external_data": self.external or "No",
            "test_mean": test[0],
            "test_std": test[1],
            "validation_mean": val[0],
            "validation_std": val[1],
            "parameters": self.parameters,
            "tuned_hyper_parameters": tuned_text(self.records, self.protocol, self.tried),
            "hardware": self.hardware,
            "code": self.code,
            "command": self.command,
            "contact_name": None,
            "contact_email": None,
            "code_link": None,
            "paper_link": None,
            "official_implementation": None,
        }

    def to_dict(self) -> dict[str, Any]:
        """The whole report as plain values."""
        rows = zip(self.records, self.scores("test"), self.scores("val"), strict=True)
        return {
            "draft": list(self.draft),
            "form": self.form(),
            "metric": self.facts.metric,
            "seeds_wanted": self.facts.seeds,
            "protocol": self.records[0].protocol,
            "seeds": [
                {"seed": record.seed, "test": test, "val": val, "chosen": _chosen(record), "record": record.key}
                for record, test, val in rows
            ],
            "fixed_hyper_parameters": fixed_text(self.records, self.tried),
            "chosen_how": self.chosen_how,
            "clusters": self.clusters,
            "checksum": self.records[0].checksum,
            "versions": self.records[0].versions,
            "seconds": [record.seconds for record in self.records],
        }

    @property
    def clusters(self) -> dict[str, list[float]]:
        """Scores of clusters against the classes of all labelled nodes, by seed; empty where not asked for."""
        names = [name for name in self.records[0].metrics if name.startswith("kmeans/")]
        return {name.removeprefix("kmeans/"): [record.metrics[name] for record in self.records] for name in names}

    @property
    def chosen_how(self) -> str:
        """How hyper-parameters were chosen, in sentences."""
        if self.records[0].method == FOREST:
            return "Nothing was tuned: a random forest with scikit-learn's defaults on Morgan fingerprints."
        names = ", ".join(self.tried)
        method = f"The method's settings: {self.settings_from}."
        compared = (
            f" {names}: compared on validation beforehand, as whoever ran it says (--tried)." if names else ""
        )
        score = "ROC-AUC" if self.protocol.kind == "fine-tune" else self.facts.metric
        how = f" What is fitted to labels: chosen for each seed by the {score} of the validation part."
        return method + compared + how + " Validation labels did nothing else; test labels were read once a seed."


def _chosen(record: Record) -> dict[str, float]:
    found = {name: value for name, value in record.metrics.items() if name.startswith("chosen/")}
    return {name.removeprefix("chosen/"): value for name, value in found.items()}

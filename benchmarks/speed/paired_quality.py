"""Claim: what makes SCGC* fast costs no quality: the series against all pairs, bfloat16 against float32.

Read from the records: scgc.jsonl has the sum over all pairs computed pair by pair, clustering.jsonl the series,
and clustering-large.jsonl the series with layers in bfloat16. Differences are paired by seed; a seed has the same
pre-training in the first two.

    python benchmarks/speed/paired_quality.py
"""

from pathlib import Path
from statistics import fmean, stdev

from graphcl.bench import Record, load_records
from graphcl.methods import METHODS

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"
WAYS = {
    "all pairs, fp32": "scgc.jsonl",
    "series, fp32": "clustering.jsonl",
    "series, bf16": "clustering-large.jsonl",
}
DATASETS = ("digits", "cite", "acm", "usps", "cora")


def main() -> None:
    """Write the table."""
    runs = {way: select(load_records(RESULTS / name)) for way, name in WAYS.items()}
    lines = [
        "SCGC* with its own recipes, the state after the last step: NMI in per cent, mean ± standard deviation",
        "over five seeds; and the mean difference to all pairs, by seed, ± its standard error.",
        "",
        f"| dataset | {' | '.join(WAYS)} | series less all pairs | bf16 less all pairs |",
        "|---|---|---|---|---|---|",
    ]
    for dataset in DATASETS:
        nmi = [{s: value for (name, s), value in found.items() if name == dataset} for found in runs.values()]
        pairs, series, half = nmi
        cells = [spread(list(values.values())) for values in nmi]
        lines.append(f"| {' | '.join([dataset, *cells, paired(series, pairs), paired(half, pairs)])} |")
    text = "\n".join(lines) + "\n"
    (HERE.parent / "tables" / "paired-quality.md").write_text(text, encoding="utf-8")
    print(text)


def select(records: list[Record]) -> dict[tuple[str, int], float]:
    """NMI of SCGC* with each dataset's own recipe, by dataset and seed."""
    own = {
        name: METHODS["scgc-star"].from_recipe(name, n_clusters=2) for name in ("digits", "cite", "acm", "usps")
    }
    general = METHODS["scgc-star"].from_recipe("default", n_clusters=2)
    return {
        (r.dataset, r.seed): 100 * r.metrics["nmi"]
        for r in records
        if r.method == "scgc-star"
        and all(
            r.params[name] == getattr(own.get(r.dataset, general), name) for name in ("order", "alpha", "beta")
        )
    }


def spread(values: list[float]) -> str:
    """Mean and sample standard deviation."""
    return f"{fmean(values):.1f} ± {stdev(values):.1f}" if len(values) > 1 else "-"


def paired(ours: dict[int, float], theirs: dict[int, float]) -> str:
    """The mean difference over common seeds and its standard error."""
    differences = [ours[seed] - theirs[seed] for seed in ours if seed in theirs]
    if len(differences) < 2:
        return "-"
    return f"{fmean(differences):+.1f} ± {stdev(differences) / len(differences) ** 0.5:.1f}"


if __name__ == "__main__":
    main()

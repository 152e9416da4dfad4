"""`graphcl bench ogb`: an entry for a leaderboard of OGB, with all that its submission form asks."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphcl.cli.frozen import frozen_records
from graphcl.cli.names import check_model
from graphcl.cli.options import DataSettings, Recipe, Root, Settings
from graphcl.cli.ranks import check_command

if TYPE_CHECKING:
    from graphcl.bench import Record
    from graphcl.bench.ogb.plan import OgbPlan

BASELINES = ("morgan+random-forest", "from-scratch")


def bench_ogb(
    dataset: Annotated[str, typer.Option(help="ogbn-arxiv, ogbn-products, ogbg-molhiv, ogbl-collab, ...")],
    method: Annotated[
        str,
        typer.Option(metavar="METHOD|MODEL.PT", help=f"As for graphcl evaluate finetune; or {BASELINES[0]}."),
    ],
    *,
    seeds: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Runs, with seeds 0, 1, ... Default: as the board wants.")
    ] = None,
    probe: Annotated[
        str | None, typer.Option(metavar="linear|mlp", help="Of frozen rows. Default: linear.")
    ] = None,
    fine_tune: Annotated[bool, typer.Option("--fine-tune", help="Fine-tune the encoder, of graphs.")] = False,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of fine-tuning.")] = 100,
    validation_edges: Annotated[
        bool,
        typer.Option("--validation-edges", help="Of ogbl-collab: validation edges as input for the test links."),
    ] = False,
    clusters: Annotated[
        bool, typer.Option("--clusters", help="Also compare k-means of the rows with the classes.")
    ] = False,
    external_data: Annotated[str | None, typer.Option(help="Name of external data that was used.")] = None,
    tried: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=[V, ...]", help="Values that were compared on validation beforehand."),
    ] = None,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    out: Annotated[Path, typer.Option(help="Folder for records and reports.")] = Path("runs/ogb"),
    draft: Annotated[
        bool, typer.Option("--draft", help="A report that is none to submit: fewer seeds, uncommitted changes.")
    ] = False,
) -> None:
    """Run a method for an OGB leaderboard, and write what the submission form asks, as Markdown and JSON.

    Official splits and evaluators. Nodes and graphs: a frozen embedding under a linear or MLP probe; graphs also
    by fine-tuning; links: a decoder on frozen rows. Every setting is chosen on validation; test labels are read
    once a seed. Fewer seeds than the board takes, uncommitted changes and other data than OGB's are refused unless
    --draft is given; settings that were tuned with labels always.

    Each seed is written as soon as it is over. After an interruption, run the same command again.
    """
    check_command("bench ogb")
    from graphcl.bench.ogb.plan import ogb_set, plan_ogb
    from graphcl.bench.ogb.protocols import protocol_of
    from graphcl.cli.assignments import parse_assignments

    facts = ogb_set(dataset)
    if check_model(method, BASELINES) and external_data is None:
        raise ValueError(
            f"{method} was trained before, on data that the board wants named; give --external-data, or "
            "--external-data no where it was the dataset's own training part"
        )
    protocol = protocol_of(
        facts,
        method,
        probe=probe,
        fine_tune=fine_tune,
        epochs=epochs,
        validation_edges=validation_edges,
        clusters=clusters,
    )
    seeds = seeds or facts.seeds
    reasons = _reasons_before(facts, seeds, draft=draft)
    plan = plan_ogb(
        method,
        facts.name,
        protocol,
        recipe=recipe,
        params=parse_assignments(settings or []),
        data=parse_assignments(data or []),
        root=root,
    )
    compared = parse_assignments(tried or [])
    reasons += _reasons_of_plan(plan, compared, draft=draft)
    records = _records(plan, seeds, out)
    command = _command(
        {"--dataset": facts.name, "--method": method, "--seeds": seeds, "--probe": probe, "--fine-tune": fine_tune}
        | {"--epochs": epochs if protocol.kind == "fine-tune" else None, "--validation-edges": validation_edges}
        | {"--clusters": clusters, "--external-data": external_data, "--tried": tried, "--recipe": recipe}
        | {"--set": settings, "--data": data, "--root": root, "--out": out, "--draft": draft}
    )
    external = None if external_data is None or external_data.lower() in {"no", "none"} else external_data
    _report(plan, records, command, external, compared, reasons, out, draft=draft)


def _reasons_before(facts: Any, seeds: int, *, draft: bool) -> list[str]:
    """What is known without the data."""
    from graphcl.bench.ogb.readiness import check_ready, checkout_unclean, seeds_lacking
    from graphcl.bench.runs.provenance import git_state

    found = [seeds_lacking(facts, seeds), checkout_unclean(git_state())]
    if not draft:
        check_ready(*found)
    return [reason for reason in found if reason]


def _reasons_of_plan(plan: "OgbPlan", compared: dict[str, Any], *, draft: bool) -> list[str]:
    from graphcl.bench.ogb.hyper_parameters import check_tried
    from graphcl.bench.ogb.readiness import check_ready, split_differs

    check_tried(compared, plan.run.params)
    reason = split_differs(plan.entry, plan.dataset)
    if not draft:
        check_ready(reason)
    return [reason] if reason else []


def _records(plan: "OgbPlan", seeds: int, out: Path) -> list["Record"]:
    """One for each seed, on file in the folder."""
    from graphcl.bench.ogb.evaluate import evaluate_ogb
    from graphcl.bench.ogb.files import RECORDS

    def evaluate(seed: int, done: Any) -> "Record":
        record = evaluate_ogb(plan, seed, done, room=out)
        shown = record.metrics[f"test/{plan.entry.metric}"]
        typer.echo(f"seed {seed}: test {plan.entry.metric} {shown:.4f}", err=True)
        return record

    return frozen_records(evaluate, seeds, out / RECORDS, echo=False)


def _report(
    plan: "OgbPlan",
    records: list["Record"],
    command: str,
    external: str | None,
    compared: dict[str, Any],
    reasons: list[str],
    out: Path,
    *,
    draft: bool,
) -> None:
    from graphcl.bench.ogb.entry import OgbEntry
    from graphcl.bench.ogb.files import write_entry
    from graphcl.bench.ogb.readiness import check_ready, records_differ
    from graphcl.evaluation import ogb_version

    mixed = records_differ(records)
    if not draft:
        check_ready(mixed)
    entry = OgbEntry(
        facts=plan.entry,
        protocol=plan.protocol,
        records=records,
        command=command,
        ogb=ogb_version(),
        settings_from=plan.settings_from,
        external=external,
        tried=compared,
        draft=[*reasons, *([mixed] if mixed else []), "made with --draft"] if draft else [],
    )
    for path in write_entry(entry, out):
        typer.echo(path)


def _command(options: dict[str, Any]) -> str:
    """The command line that has these options; None and False are not given."""
    words = ["graphcl", "bench", "ogb"]
    for name, value in options.items():
        if value is None or value is False:
            continue
        for each in value if isinstance(value, list) else [value]:
            words += [name] if each is True else [name, str(each)]
    return shlex.join(words)

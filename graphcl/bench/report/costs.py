"""The costs of a run: seconds by stage, and memory."""

from collections.abc import Sequence
from statistics import fmean

from graphcl.bench.report.markup import Markup, element, key
from graphcl.bench.report.palette import colour
from graphcl.bench.report.svg import fit, frame, label, rectangle, seconds
from graphcl.bench.runs.record import Record

WIDTH, LEFT = 360.0, 6.0
ROW = 48.0
LETTER = 6.6


def costs_figure(names: Sequence[str], runs: Sequence[Sequence[Record]]) -> Markup:
    """A row for each method: a bar of seconds in the colours of the stages, and one of memory; means over runs."""
    stages = list(dict.fromkeys(stage["name"] for group in runs for run in group for stage in run.stages))
    times = [fmean(run.seconds["wall"] for run in group) for group in runs]
    memory = [fmean(run.memory["growth_mb"] for run in group) for group in runs]
    rows: list[object] = []
    for index, (name, group) in enumerate(zip(names, runs, strict=True)):
        top = 4 + ROW * index
        rows.append(label(LEFT, top + 11, fit(name, WIDTH - 2 * LEFT, 11)))
        rows.append(_times(group, stages, times[index], max(times), top + 17))
        rows.append(_bar(memory[index], max(memory), top + 31, f"{memory[index]:,.0f} MB", "memory"))
    keys = [key(f"{stage} ", colour(i)) for i, stage in enumerate(stages)]
    keys.append(key("memory", "memory"))
    caption = [
        element("b", "What a run costs"),
        ": mean seconds by stage, and how far memory grew",
        element("br"),
        element("span", keys, class_="keys"),
    ]
    return element(
        "figure", frame(WIDTH, 4 + ROW * len(names), "seconds and memory", rows), element("figcaption", caption)
    )


def _times(group: Sequence[Record], stages: list[str], total: float, largest: float, top: float) -> list[Markup]:
    text = seconds(total)
    room = _room(text)
    x, drawn = LEFT, []
    for index, name in enumerate(stages):
        part = fmean(sum(stage["wall_seconds"] for stage in run.stages if stage["name"] == name) for run in group)
        width = room * part / largest if largest else 0.0
        if width > 0.2:
            drawn.append(rectangle(x, top, width, 11, f"fill {colour(index)}", f"{name}: {seconds(part)}"))
        x += width
    return [*drawn, label(x + 5, top + 9.5, text)]


def _bar(value: float, largest: float, top: float, text: str, class_: str) -> list[Markup]:
    width = max(_room(text) * value / largest, 0.5) if largest > 0 else 0.5
    return [rectangle(LEFT, top, width, 11, class_), label(LEFT + width + 5, top + 9.5, text)]


def _room(text: str) -> float:
    """What is left for a bar beside its text."""
    return WIDTH - LEFT - 10 - LETTER * max(len(text), 9)

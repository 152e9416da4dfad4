"""Draw the pictures of the site, each for light and for dark pages; run by hand: python docs/figures/draw.py.

Flow: what happens from a graph to clusters, and from a suite to a table. Les Misérables: the clusters of the first
tutorial. Results: NMI of methods by dataset, from the committed records.
"""

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from statistics import fmean, stdev
from typing import NamedTuple

import networkx as nx

import graphcl

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "benchmarks" / "results"
WIDTH = 640
FONT = "font-family='system-ui, sans-serif' font-size='15'"


class Colours(NamedTuple):
    """What a page's pictures are drawn in.

    Args:
        text: of words and arrows.
        faint: of edges, grids and frames.
        fill: of boxes.
        marks: of clusters and methods.
    """

    text: str
    faint: str
    fill: str
    marks: tuple[str, ...]


LIGHT = Colours(
    "#1f2328", "#b4bac2", "#eef3fb", ("#2a78d6", "#eb6834", "#1baf7a", "#eda100", "#8a5cd6", "#d64f8a")
)
DARK = Colours("#e6e9ee", "#5b626c", "#1d2a3d", ("#4c94ea", "#f08457", "#35c793", "#f2b632", "#a684ea", "#ea76a8"))


def text(x: float, y: float, words: str, colour: str, anchor: str = "middle", more: str = "") -> str:
    """Words at a place."""
    return f"<text x='{x:.1f}' y='{y:.1f}' fill='{colour}' text-anchor='{anchor}' {more}>{escape(words)}</text>"


def circle(x: float, y: float, radius: float, colour: str) -> str:
    """A filled circle."""
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius:.1f}' fill='{colour}'/>"


def line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    """A straight line."""
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' {more}/>"


def svg(height: int, title: str, parts: list[str]) -> str:
    """A picture."""
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' width='{WIDTH}' height='{height}' "
        f"role='img' {FONT}><title>{escape(title)}</title>\n" + "\n".join(parts) + "\n</svg>\n"
    )


BOXES = {
    "graph": (85, 60, ("your graph", "features x, edges")),
    "method": (320, 60, ("method", "losses without labels")),
    "embedding": (555, 60, ("embedding z", "a row per node")),
    "clusters": (555, 170, ("clusters", "labels.csv")),
    "suite": (85, 170, ("suite.toml", "methods and graphs")),
    "records": (320, 170, ("records", "one line per run")),
    "tables": (320, 280, ("tables and tests", "LaTeX, CSV, HTML")),
    "classes": (555, 280, ("known classes", "for scores alone")),
}
ARROWS = [("graph", "method"), ("method", "embedding"), ("embedding", "clusters"), ("clusters", "records")]
ARROWS += [("suite", "records"), ("records", "tables")]


def flow(colours: Colours) -> str:
    """Boxes and arrows from a graph to clusters and from a suite to tables."""
    width, height = 166, 58
    head = (
        f"<marker id='head' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='8' markerHeight='8' orient='auto'>"
        f"<path d='M0 0 8 4 0 8z' fill='{colours.text}'/></marker>"
    )
    parts = [f"<defs>{head}</defs>"]
    for x, y, (name, said) in BOXES.values():
        frame = f"fill='{colours.fill}' stroke='{colours.faint}'"
        parts.append(
            f"<rect x='{x - width / 2}' y='{y - height / 2}' width='{width}' height='{height}' rx='8' {frame}/>"
        )
        parts.append(text(x, y - 4, name, colours.text, more="font-weight='600'"))
        parts.append(text(x, y + 17, said, colours.text, more="font-size='14'"))
    arrow = "stroke-width='1.6' marker-end='url(#head)'"
    for start, end in ARROWS:
        (x1, y1, _), (x2, y2, _) = BOXES[start], BOXES[end]
        right, down = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
        out, into = (width / 2 + 1, height / 2 + 1)
        parts.append(
            line(x1 + right * out, y1 + down * into, x2 - right * out, y2 - down * into, colours.text, arrow)
        )
    (x1, y1, _), (x2, y2, _) = BOXES["classes"], BOXES["records"]
    dashed = f"{arrow} stroke-dasharray='4 4'"
    parts.append(line(x1 - width / 2 - 1, y1 - 18, x2 + width / 2, y2 + height / 2 + 2, colours.text, dashed))
    return svg(
        325, "From a graph to clusters, and from a suite to tables; classes are read for scores alone", parts
    )


def les_miserables(colours: Colours) -> str:
    """The characters of the novel, coloured by the clusters of the first tutorial."""
    novel = nx.les_miserables_graph()
    data = graphcl.datasets.from_networkx(novel, features="spectral", weight=None)
    clusters = graphcl.TwoView(n_clusters=6, seed=0).fit_predict(data.graph).tolist()
    height, places = 460, nx.kamada_kawai_layout(novel, weight=None)
    at = {name: (WIDTH / 2 + 285 * x, height / 2 + 205 * y) for name, (x, y) in places.items()}
    parts = [
        line(*at[a], *at[b], colours.faint, "stroke-width='0.8' stroke-opacity='0.7'") for a, b in novel.edges
    ]
    degree = dict(novel.degree)
    for name, cluster in zip(data.ids, clusters, strict=True):
        parts.append(circle(*at[name], 4 + degree[name] ** 0.5, colours.marks[cluster]))
    named: list[str] = []
    for name in sorted(degree, key=lambda each: -degree[each]):
        if all(abs(at[name][0] - at[b][0]) > 70 or abs(at[name][1] - at[b][1]) > 18 for b in named):
            named.append(name)
    parts += [
        text(at[name][0], at[name][1] - 8 - degree[name] ** 0.5, name, colours.text, more="font-size='13'")
        for name in named[:14]
    ]
    return svg(height, "Characters of Les Misérables, coloured by cluster", parts)


METHODS = ("two-view", "smooth-k-means", "scgc-star", "k-means")
FILES = ("two-view", "clustering", "clustering-large")
LEFT_OUT = {"citeseer"}
"""The graph of `cite`, on which more methods were run."""


def nmi() -> dict[str, dict[str, list[float]]]:
    """NMI in per cent by dataset and method, of the runs with a method's settings for the dataset."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    for file in FILES:
        for row in (RESULTS / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(row)
            if record["method"] in METHODS:
                seeds = found.setdefault(record["dataset"], {}).setdefault(record["method"], {})
                seeds.setdefault(record["seed"], 100 * record["metrics"]["nmi"])
    return {
        dataset: {method: list(seeds.values()) for method, seeds in methods.items()}
        for dataset, methods in found.items()
        if dataset not in LEFT_OUT
    }


def results(colours: Colours) -> str:
    """A dot for the mean and a line for the deviation of each method, a row for each dataset."""
    scores = nmi()
    left, right, top, step = 150, WIDTH - 20, 62, 38
    bottom = top + step * len(scores)

    def at(value: float) -> float:
        return left + (right - left) * value / 100

    parts = []
    for i, method in enumerate(METHODS):
        x = 20 + (0, 118, 284, 404)[i]
        parts += [circle(x, 22, 6, colours.marks[i]), text(x + 12, 27, method, colours.text, "start")]
    for tick in range(0, 101, 20):
        parts.append(line(at(tick), top - 14, at(tick), bottom, colours.faint, "stroke-width='0.8'"))
        parts.append(text(at(tick), bottom + 18, str(tick), colours.text, more="font-size='13'"))
    for row, (dataset, methods) in enumerate(scores.items()):
        y = top + step * row + 6
        parts.append(text(left - 12, y + 5, dataset, colours.text, "end", "font-size='14'"))
        for i, method in enumerate(METHODS):
            if values := methods.get(method):
                mean, spread, shift = fmean(values), stdev(values), 6.5 * (i - 1.5)
                ends = at(mean - spread), y + shift, at(mean + spread), y + shift
                parts.append(line(*ends, colours.marks[i], "stroke-width='2'"))
                parts.append(circle(at(mean), y + shift, 5, colours.marks[i]))
    parts.append(
        text((left + right) / 2, bottom + 38, "NMI %, mean ± standard deviation over seeds", colours.text)
    )
    return svg(bottom + 50, "NMI of four methods, by dataset", parts)


PICTURES: dict[str, Callable[[Colours], str]] = {
    "flow": flow,
    "les-miserables": les_miserables,
    "results": results,
}

if __name__ == "__main__":
    for name, draw in PICTURES.items():
        for kind, colours in (("light", LIGHT), ("dark", DARK)):
            (HERE / f"{name}-{kind}.svg").write_text(draw(colours), encoding="utf-8")

"""Pictures of embeddings: the same nodes coloured by cluster and by class, in colours that agree."""

import numpy as np
from numpy.typing import NDArray

from graphcl.bench.report.markup import Markup, element
from graphcl.bench.report.matching import Matching
from graphcl.bench.report.palette import colour
from graphcl.bench.report.svg import frame, label
from graphcl.bench.runs.details import Details

SIDE = 220
MARGIN = 8
FINE = 4
"""Coordinates are whole numbers, so many to the unit."""

LABELS = 20
"""Groups that are named in the picture, at most."""


def scatter_figures(details: Details, matching: Matching, unit: str = "node") -> list[Markup]:
    """The picture by cluster and, where classes are known, by class; nothing where there is no picture.

    Args:
        details: of a run.
        matching: of its clusters and classes.
        unit: what a point is, "node" or "graph".
    """
    if not len(details.points):
        return []
    shown = "all" if len(details.points) == int(details.sizes.sum()) else f"{len(details.points):,}"
    said = f"{shown} {unit}s; near ones have near embeddings"
    names = details.clusters.tolist()
    groups = [(matching.colours[i], names[i], details.point_clusters == names[i]) for i in matching.order]
    figures = [_figure("by cluster", said, details.points, groups)] if groups else []
    if len(details.classes):
        classes = [(i, name, details.point_classes == name) for i, name in enumerate(details.classes.tolist())]
        figures.append(_figure("by class", "which the training never saw", details.points, classes))
    return figures


def _figure(
    how: str, said: str, points: NDArray[np.floating], groups: list[tuple[int, int, NDArray[np.bool_]]]
) -> Markup:
    places = MARGIN + (SIDE - 2 * MARGIN) * (1 + points.astype(float) * (1, -1)) / 2
    size = float(np.clip(4.2 * (1000 / len(points)) ** 0.25, 4.2, 9))
    unknown = ~np.any([mask for *_, mask in groups], axis=0)
    clouds = [_cloud(places[unknown], "unknown", size)] if unknown.any() else []
    clouds += [_cloud(places[mask], colour(index), size) for index, _, mask in groups if mask.any()]
    named = (
        [_name(places[mask], str(name)) for _, name, mask in groups if mask.any()] if len(groups) <= LABELS else []
    )
    drawn = element("g", clouds, transform=f"scale({1 / FINE})")
    chart = frame(SIDE, SIDE, f"embedding {how}", drawn, element("g", named, class_="names"))
    return element("figure", chart, element("figcaption", element("b", how), f", {said}"), class_="picture")


def _cloud(places: NDArray[np.floating], class_: str, size: float) -> Markup:
    """One path of dots: lines of no length with round ends."""
    steps = "".join(f"M{x} {y}h0" for x, y in (FINE * places).round().astype(int).tolist())
    return element("path", d=steps, class_=f"cloud {class_}", stroke_width=f"{FINE * size:.0f}")


def _name(places: NDArray[np.floating], text: str) -> Markup:
    """The group's name, at the node nearest to its middle."""
    middle = np.median(places, axis=0)
    x, y = places[np.square(places - middle).sum(axis=1).argmin()].tolist()
    return label(min(max(x, 10), SIDE - 10), min(max(y + 4, 12), SIDE - 4), text, "middle")

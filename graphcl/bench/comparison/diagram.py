"""Critical-difference diagram: methods on an axis of average ranks, bars over those that do not differ."""

from graphcl.bench.comparison.over_datasets import ALPHA, Ranking
from graphcl.bench.comparison.text import p_equation
from graphcl.bench.report.markup import Markup, element
from graphcl.bench.report.svg import LETTER, Scale, label, line, place, ticks

SIZE = 12.0
ROW = 20.0
AXIS = 46.0
"""Height of the axis below the top."""
STYLE = """
svg{color-scheme:light dark;font-family:system-ui,"Helvetica Neue",Arial,sans-serif;font-size:12px}
.page{fill:#fff}text{fill:#1c1d21}.muted{fill:#62646d;font-size:11px}.end{text-anchor:end}.middle{text-anchor:middle}
path{stroke:#1c1d21;fill:none}.leader{stroke-width:1}.bar{stroke-width:4;stroke-linecap:round}
@media(prefers-color-scheme:dark){.page{fill:#131417}text{fill:#e9e9ec}.muted{fill:#a1a3ad}path{stroke:#e9e9ec}}
"""


def rank_diagram(ranking: Ranking, title: str) -> str:
    """The diagram as an SVG file of its own; it follows the reader's choice of light or dark.

    The best method is on the left. A bar joins neighbours in rank no two of which differ significantly by the
    Wilcoxon tests after Holm's correction, or all methods where Friedman's test finds no difference.

    Args:
        ranking: from `rank_over_datasets`.
        title: the score that the ranks are of.

    Reference: the form is that of [Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR
    2006], figure 1; there the test is Nemenyi's.
    """
    k = len(ranking.methods)
    names = max(len(_named(name, 9.99)) for name in ranking.methods) * LETTER * SIZE + 16
    width = 2 * names + max(320.0, 40.0 * k)
    x = Scale(1, k, names, width - names)
    groups = ranking.groups()
    bars = AXIS + 14
    first = bars + 9 * len(groups) + 12
    half = (k + 1) // 2
    height = first + ROW * max(half, k - half) + 26
    drawn: list[Markup] = [line(x(1), AXIS, x(k), AXIS, "leader")]
    for tick in (tick for tick in ticks(1, k, min(k, 12)) if tick == int(tick)):
        drawn += [
            line(x(tick), AXIS - 5, x(tick), AXIS, "leader"),
            label(x(tick), AXIS - 10, f"{tick:.0f}", "middle"),
        ]
    for index, (low, high) in enumerate(groups):
        y = bars + 9 * index
        drawn.append(line(x(ranking.ranks[low]) - 3, y, x(ranking.ranks[high]) + 3, y, "bar"))
    for index, (name, rank) in enumerate(zip(ranking.methods, ranking.ranks, strict=True)):
        left = index < half
        y = first + ROW * (index if left else k - 1 - index)
        end = names - 6 if left else width - names + 6
        path = f"M{place(x(rank))} {place(AXIS)}V{place(y)}H{place(end)}"
        drawn.append(element("path", d=path, class_="leader"))
        drawn.append(label(end - 5 if left else end + 5, y + 4, _named(name, rank), "end" if left else ""))
    tested = f"; Friedman {p_equation(ranking.test.p)}" if ranking.test else ""
    said = f"{ranking.n_datasets} datasets{tested}; bars: no significant difference at {ALPHA}"
    drawn.append(label(width / 2, 16, f"average rank by {title}, best on the left", "muted middle"))
    drawn.append(label(width / 2, height - 8, said, "muted middle"))
    svg = element(
        "svg",
        element("style", Markup(STYLE)),
        element("rect", width="100%", height="100%", class_="page"),
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {place(width)} {place(height)}",
        width=place(width),
        height=place(height),
        role="img",
        aria_label=f"average ranks by {title}",
    )
    return f"{svg}\n"


def _named(name: str, rank: float) -> str:
    return f"{name} ({rank:.2f})"

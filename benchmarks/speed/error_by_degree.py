"""The plot of docs/linear-time-contrast.md: the error of the polynomial against its degree, minimax and Taylor.

python benchmarks/speed/error_by_degree.py      # needs matplotlib (the extra `plot`)
"""

import math
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from graphcl.objectives.all_pairs.minimax import exponential_polynomial

PLOT = Path(__file__).parents[2] / "docs" / "linear-time-contrast.svg"
SCALES = (0.25, 0.5, 1.0, 2.25)
DEGREES = range(1, 11)


def taylor_error(scale: float, degree: int) -> float:
    """The largest relative error on [-1, 1] of the series cut off after a degree."""
    t = np.linspace(-1, 1, 2001)
    p = sum((scale * t) ** k / math.factorial(k) for k in range(degree + 1))
    return float(np.abs(p * np.exp(-scale * t) - 1).max())


def main() -> None:
    """Draw and save, byte for byte the same every time."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "graphcl"})
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axes = figure.subplots()
    for colour, scale in enumerate(SCALES):
        minimax = [exponential_polynomial(scale, degree).error for degree in DEGREES]
        taylor = [taylor_error(scale, degree) for degree in DEGREES]
        axes.semilogy(DEGREES, minimax, f"C{colour}o-", markersize=3, label=f"minimax, tau = {scale}")
        axes.semilogy(DEGREES, taylor, f"C{colour}:", label=f"Taylor, tau = {scale}")
    axes.axhline(1e-4, color="0.6", linewidth=0.8)
    axes.set(xlabel="degree", ylabel="largest relative error", ylim=(1e-10, 20))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=6, loc="lower left")
    figure.savefig(PLOT, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()

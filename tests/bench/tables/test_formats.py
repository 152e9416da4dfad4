"""Tables for papers and for other programs: every format holds the numbers of the table, escaped and exact."""

import csv
import io
import json
import re
from math import nan
from statistics import fmean

import pytest

from graphcl.bench import build_table
from graphcl.bench.tables.flat import flat_rows, to_csv, to_json
from graphcl.bench.tables.grid import Grid
from graphcl.bench.tables.latex import escape_latex, latex
from graphcl.bench.tables.render import to_grids
from tests.bench.make_record import OUTCOME, make_record, make_run

VALUES = (0.1 + 0.2, 0.5, 1 / 3)


def records(**changes):
    return [
        make_record(
            make_run(seed=seed, **changes),
            metrics={**OUTCOME["metrics"], "acc": acc, "conductance": nan, "mine": 7},
        )
        for seed, acc in enumerate(VALUES)
    ]


SECTIONS = build_table([*records(dataset="usps"), *records(dataset="usps", method="a_b & c%", data={"k": 3})])


def test_latex_holds_the_cells_in_math_with_rules_of_booktabs():
    text = latex(*to_grids(SECTIONS, ["acc", "conductance"]), caption="Scores of $x$", label="tab:scores")
    lines = text.splitlines()
    assert lines[:4] == [
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        r"\caption{Scores of $x$}",
    ]
    assert lines[4] == r"\label{tab:scores}"
    assert r"k-means & $3$ & $37.8 \pm 10.7$ & $66.8 \pm 0.0$ {[}1{]} & -- \\" in lines
    assert r"\multicolumn{5}{l}{\textbf{usps (k=3)}} \\" in lines
    assert r"a\_b \& c\% & $3$ & $37.8 \pm 10.7$ & -- \\" in lines
    assert [lines.count(rule) for rule in (r"\toprule", r"\bottomrule")] == [1, 1]
    opened, closed = re.findall(r"\\begin\{(\w+)", text), re.findall(r"\\end\{(\w+)", text)
    assert opened == closed[::-1] == ["table", "tabular"]


def test_without_caption_or_label_the_tabular_stands_alone():
    text = latex([Grid("", ["method", "n"], [["a", "1"]])])
    assert "table}" not in text
    assert "footnotesize" not in text


@pytest.mark.parametrize("character", "\\&%$#_{}~^<>|[]*")
def test_no_character_of_a_name_is_taken_for_a_command(character):
    escaped = escape_latex(character)
    assert escaped != character
    plain = re.sub(r"\\text[a-z]+\{\}|\\[&%$#_{}]|\{[][*]\}", "", escaped)
    assert plain == "", "nothing is left that means something to LaTeX"
    assert escape_latex(f"a{character}b") == f"a{escaped}b"


def test_signs_that_the_fonts_lack_and_line_ends():
    assert escape_latex("a\nb † ±") == r"a b $\dagger$ $\pm$"
    assert "$" not in latex([Grid("", ["method", "n"], [["a", "1e-05"]])]).splitlines()[5], "no 1 e - 05 in math"


def test_csv_and_json_have_one_row_for_each_score_in_full_precision():
    rows = flat_rows(SECTIONS)
    assert json.loads(to_json(rows), parse_constant=pytest.fail) == rows
    read = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert len(read) == len(rows) == 2 * (len(OUTCOME["metrics"]) + 1 + 3)
    by_name = {(row["dataset"], row["data"], row["row"], row["metric"]): row for row in read}
    assert len(by_name) == len(rows)
    acc = by_name["usps", "{}", "k-means", "acc"]
    assert float(acc["mean"]) == pytest.approx(fmean(VALUES), abs=0)
    assert float(acc["std"]) == pytest.approx(0.10715167512214394, abs=1e-15)
    assert (acc["runs"], acc["n"], float(acc["published_mean"])) == ("3", "3", pytest.approx(0.6682))
    undefined = by_name["usps", '{"k": 3}', "a_b & c%", "conductance"]
    assert (undefined["runs"], undefined["n"], undefined["mean"], undefined["std"]) == ("3", "0", "", "")
    assert float(by_name["usps", "{}", "k-means", "mine"]["mean"]) == 7
    assert float(by_name["usps", "{}", "k-means", "seconds/cpu"]["mean"]) == 2.0


def test_chosen_scores_alone():
    assert [row["metric"] for row in flat_rows(SECTIONS, ["nmi"])] == ["nmi", "nmi"]
    grids, _ = to_grids(SECTIONS, ["nmi", "acc"])
    assert grids[1].headings == ["method", "n", "NMI %", "ACC %"]
    with pytest.raises(ValueError, match=r"no column shows 'nm' \(did you mean nmi\?\); choose among acc, nmi"):
        to_grids(SECTIONS, ["nm"])

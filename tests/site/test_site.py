"""The site is complete: a card for each method, a page for each room, no page to which nothing leads."""

import re
import sys
from pathlib import Path

import api_pages
import cards
import command_line
import docstrings
import links
import mathml
import pages
import pytest
import signatures

import graphcl

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MADE = ("_build", "reference", "results")
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] not in MADE)


def test_every_method_has_a_card_with_its_parts_and_its_own_marks():
    assert {path.stem for path in (DOCS / "methods").glob("*.md")} == {*graphcl.METHODS, "index"}
    for name in graphcl.METHODS:
        text = (DOCS / "methods" / f"{name}.md").read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)", text, flags=re.MULTILINE) == [
            "What it computes",
            "Cost",
            "When it fails",
            "Numbers",
        ]
        assert {f"<!-- card: {name} -->", f"<!-- numbers: {name} -->"} <= set(text.splitlines()), name


def test_a_card_shows_what_is_on_record_and_what_is_published():
    text = pages.fill("<!-- card: scgc-star -->\n<!-- numbers: scgc-star -->")
    assert "{py:class}`graphcl.SCGCStar`" in text
    assert "| cite | tuned with labels † | 5 | 42.7 ± 2.3 | 69.4 ± 2.3 |" in text
    assert "| cora | default recipe | 5 | 50.4 ± 3.1 |" in text
    assert "the best of 200 epochs for each score by itself, chosen with labels" in text
    assert "no committed record" in cards.numbers("leiden", ROOT)
    assert cards.listing().count("(/methods/") == len(graphcl.METHODS)


def test_every_room_with_public_names_has_a_page_and_every_name_one_entry():
    made = dict(api_pages.pages(ROOT))
    rooms = {f"graphcl.{room}" for room in graphcl.__all__ if getattr(getattr(graphcl, room), "__all__", None)}
    assert {f"{room}.md" for room in rooms} <= set(made)
    entries = re.findall(
        r"^\.\. (?:autoclass|autofunction|py:data):: (\S+)", "\n".join(made.values()), re.MULTILINE
    )
    assert len(entries) == len(set(entries)) > 150
    assert "graphcl.TwoView" in entries
    assert "graphcl.methods.TwoView" not in entries, "it is documented once, at the front door"
    assert "| `Count` | `int` | An integer of at least 1. |" in made["typing.md"]


def test_every_command_and_option_is_on_the_page_of_the_command_line():
    text = command_line.page()
    assert "## graphcl bench table\n" in text
    assert "```text\ngraphcl cluster METHOD DATASET [OPTIONS]\n```" in text
    assert "`--seeds`" in text
    assert "run-one" not in text, "it is hidden"


def test_no_page_is_orphaned():
    listed = {DOCS / "index.md"}
    for path in PAGES:
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL):
            names = [line for line in tree.splitlines() if line and not line.startswith(":")]
            listed |= {path.parent / f"{name}.md" for name in names}
    assert not set(PAGES) - listed


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_links_of_a_page_lead_to_files(path):
    text = links.relinked(path.read_text(encoding="utf-8"), path.parent.relative_to(ROOT).as_posix(), ROOT)
    for target in re.findall(r"\]\((/[^)#\s]+)", text):
        page = target.removeprefix("/")
        folder = page.split("/")[0]
        if folder == "results":
            made = [ROOT / results / page.removeprefix("results/") for results in links.RESULTS]
            there = page == "results/index.md" or any(file.is_file() for file in made)
        else:
            there = folder == "reference" or (DOCS / page).resolve().is_file()
        assert there, target


def test_links_between_files_become_links_between_pages():
    text = "[a](../benchmarks/tables/gcool.md) [b](data/) `[c](x.md)`\n```\n[d](x.md)\n```"
    made = links.relinked(text, "docs", ROOT)
    assert made.splitlines()[0].startswith("[a](/results/gcool.md) b ")
    assert "[d](x.md)" in made, "code stays as it is"
    assert links.relinked("[own](examples/own_loss.py)", "", ROOT) == "[own](/../examples/own_loss.py)"


def test_formulas_become_mathml():
    for path in PAGES:
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for block, inline in re.findall(r"\$\$(.+?)\$\$|(?<![\w$])\$([^$\n]+)\$(?!\w)", text, flags=re.DOTALL):
            assert mathml.to_mathml(block or inline, block=bool(block)).startswith("<math"), path
    with pytest.raises(mathml.ExtensionError, match="nosuchcommand"):
        mathml.to_mathml(r"\nosuchcommand")


def test_signatures_are_shown_as_written():
    parameters, result = signatures.signature_of(graphcl.objectives.cca_ssg)
    assert parameters == "(h1: Nodes, h2: Nodes, *, decorrelation_weight: float, across_ranks: bool=False)"
    assert result == "Float[Tensor, '']"
    parameters, _ = signatures.signature_of(graphcl.DGI)
    assert parameters.startswith("(*, ")
    assert "epochs: CountOrZero = 300" in parameters
    assert "n_clusters: " in parameters, "fields of the bases too"


def test_docstrings_are_escaped_for_markup():
    lines = ["|u_i| of SCGC*, `labels_`", "1. one", "two", "", ">>> x = a * b_", "_"]
    assert docstrings.as_markup(lines) == [
        r"\|u_i\| of SCGC\*, ``labels_``",
        "",
        "1. one",
        "   two",
        "",
        ">>> x = a * b_",
        "_",
    ]


def test_the_configuration_can_be_read(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    names: dict = {"__file__": str(DOCS / "conf.py")}
    exec(compile((DOCS / "conf.py").read_text(encoding="utf-8"), "conf.py", "exec"), names)  # noqa: S102
    assert names["release"] == graphcl.__version__
    assert not [name for name in names["extensions"] if "intersphinx" in name], "nothing is asked of the network"

from graphcl.bench.tables.footnotes import TUNED, Footnotes
from graphcl.bench.tables.table import Row, Section
from graphcl.recipes import Published


def row(source=None, **changes):
    known = Published({"acc": (50.0, None)}, source, "verified", "10 runs") if source else None
    return Row("a", 1, [], published=known, **changes)


def test_sources_are_numbered_as_they_come_across_sections():
    first, second, again, none = row("one"), row("two"), row("one"), row()
    notes = Footnotes([Section("x", [first, none]), Section("y", [second, again])])
    assert [notes.mark(each) for each in (first, second, again, none)] == [" [1]", " [2]", " [1]", ""]
    assert notes.lines() == ["[1] one (verified): 10 runs", "[2] two (verified): 10 runs"]


def test_tuned_rows_are_marked_and_every_tuner_named_once():
    rows = [row(tuned="A"), row(tuned="B"), row(tuned="A"), row()]
    notes = Footnotes([Section("x", rows)])
    assert [notes.label(each) for each in rows] == [f"a {TUNED}"] * 3 + ["a"]
    assert notes.lines() == [f"{TUNED} settings that were tuned with the labels of this dataset: A; B"]


def test_nothing_to_say():
    assert Footnotes([Section("x", [row()])]).lines() == []

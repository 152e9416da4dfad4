import io
from math import nan

import pytest
from rich.console import Console

from graphcl.bench import Record, build_table
from graphcl.bench.tables.columns import COLUMNS
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.overview import to_overview
from graphcl.bench.tables.render import to_markdown, to_rich
from graphcl.bench.tables.table import columns_of
from graphcl.methods import SCGCStar
from tests.bench.make_record import OUTCOME, make_record, make_run

SETS = (("cora", 7), ("cite", 6))

METRICS = OUTCOME["metrics"]


def records(seeds=(0, 1, 2), **changes):
    return [
        make_record(make_run(seed=seed, **changes), metrics={**METRICS, "acc": 0.5 + seed / 10}) for seed in seeds
    ]


def test_mean_and_sample_deviation_over_seeds():
    [section] = build_table(records())
    [row] = section.rows
    assert (section.title, row.label, row.n) == ("karate", "k-means", 3)
    assert row.cells == [
        "60.0 ± 10.0",
        "25.0 ± 0.0",
        "12.5 ± 0.0",
        "50.0 ± 0.0",
        "-",
        "0.400 ± 0.000",
        "0.300 ± 0.000",
        *["-"] * 9,
        "1.0 ± 0.0",
        "2.0 ± 0.0",
        "10 ± 0",
    ]


def test_one_run_has_no_deviation():
    assert build_table(records(seeds=[0]))[0].rows[0].cells[0] == "50.0"


def test_a_record_in_two_files_counts_once():
    assert build_table(records() + records())[0].rows[0].n == 3


def test_datasets_and_methods_keep_the_order_of_their_first_records():
    mixed = [
        *records(method="b", dataset="y"),
        *records(method="a", dataset="y"),
        *records(method="b", dataset="x"),
        *records(method="b", dataset="y", data={"k": 5}),
    ]
    sections = build_table(mixed)
    assert [section.title for section in sections] == ["y", "x", "y (k=5)"]
    assert [row.label for row in sections[0].rows] == ["b", "a"]


def test_runs_that_differ_in_more_than_the_seed_get_rows_of_their_own():
    mixed = [
        *records(params={"n_clusters": 2, "lr": 0.1}),
        *records(params={"n_clusters": 2, "lr": 0.2}),
        *records(method="other"),
    ]
    [section] = build_table(mixed)
    assert [row.label for row in section.rows] == ["k-means (lr=0.1)", "k-means (lr=0.2)", "other"]
    other_data = [*records(), *records(checksum="fedcba9876543210")]
    assert build_table(other_data)[0].rows[1].label == "k-means (checksum=fedcba98)"
    other_device = [*records(seeds=[0]), make_record(make_run(seed=1), device="H100")]
    assert build_table(other_device)[0].rows[1].label == "k-means (on H100)"


def star(dataset, recipe=None, **overrides):
    params = SCGCStar.from_recipe(recipe or dataset, n_clusters=3, **overrides).get_params()
    del params["seed"]
    return records(method="scgc-star", dataset=dataset, params={**params, "hidden_channels": [500, 500, 2000]})


def test_rows_name_a_recipe_that_is_not_the_datasets_own():
    mixed = [*star("acm"), *star("acm", "default"), *star("acm", alpha=3.0), *star("acm", epochs=50)]
    rows = build_table(mixed)[0].rows
    assert [(row.label, row.tuned is not None) for row in rows] == [
        ("scgc-star (epochs=200)", True),
        ("scgc-star, default recipe (epochs=200)", False),
        ("scgc-star (alpha=3.0, epochs=200)", True),  # the order is still the one tuned for acm
        ("scgc-star (epochs=50)", True),
    ]
    [alone] = build_table(star("acm", "default"))[0].rows
    assert alone.label == "scgc-star, default recipe"


def test_recipes_that_coincide_share_a_row():
    [row] = build_table([*star("cora"), *star("cora", "default")])[0].rows
    assert (row.label, row.n, row.tuned) == ("scgc-star", 3, None)


def test_one_setting_for_all_datasets_has_one_label():
    """SCGC*'s default is Cora's own recipe as well, and not that of cite; with other epochs it says so in both."""
    default = {"lr": 1e-3, "order": 2}
    for params, label in ((default, "default recipe"), ({**default, "lr": 1e-5}, "default recipe (lr=1e-05)")):
        runs = [make_run(method="scgc-star", dataset=name, params={**params, "n_clusters": k}) for name, k in SETS]
        sections = build_table(map(make_record, runs))
        assert [row.label for section in sections for row in section.rows] == [f"scgc-star, {label}"] * 2
    mixed = [*runs, make_run(method="scgc-star", dataset="cite", params={"lr": 1e-4, "order": 1, "n_clusters": 6})]
    labels = [row.label for section in build_table(map(make_record, mixed)) for row in section.rows]
    assert labels == ["scgc-star (lr=1e-05)", "scgc-star (lr=1e-05, order=2)", "scgc-star"]


def test_published_results_stand_in_their_rows():
    rows = build_table([*star("usps"), *records(dataset="usps"), *records(dataset="usps", method="other")])[0].rows
    assert rows[0].published_cells() == ["84.9", "84.1", "79.4", "81.5", *["-"] * 15]
    assert rows[1].published_cells()[:2] == ["66.8 ± 0.0", "62.6 ± 0.1"]
    assert rows[2].published is None
    assert set(rows[2].published_cells()) == {"-"}


def test_mixed_revisions_are_refused():
    with pytest.raises(ValueError, match="mix revisions 1, 2 of k-means"):
        build_table([*records(), *records(revision=2)])
    build_table([*records(), *records(revision=2, method="other")])


def test_without_classes_there_are_dashes():
    structure = {name: METRICS[name] for name in ("modularity", "conductance")}
    [section] = build_table([make_record(metrics=structure)])
    assert section.rows[0].cells[:6] == ["-", "-", "-", "-", "-", "0.400"]


def test_no_records_is_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match="graphcl bench run"):
        build_table([])


def shown(section, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(to_rich(section, width))
    return console.file.getvalue()


def test_both_renderings_hold_every_cell():
    sections = build_table([*records(), *records(method="other|one")])
    for text in (shown(sections[0], 200), to_markdown(sections)):
        for cell in ("karate", "k-means", "ACC %", "60.0 ± 10.0", "0.400 ± 0.000"):
            assert cell in text
    assert "| other\\|one | 3 |" in to_markdown(sections)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_terminal_is_too_narrow_for_names_and_scores(width):
    probes = {f"{probe}/{score}": 0.25 for probe in ("probe", "knn") for score in ("micro_f1", "macro_f1")}
    scores = [{**METRICS, **probes, "acc": 0.5 + seed / 10} for seed in range(3)]
    [section] = build_table([make_record(make_run(seed=i), metrics=some) for i, some in enumerate(scores)])
    text = shown(section, width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    for cell in ("k-means", "60.0", "± 10.0", "0.400", "25.0", "MB"):
        assert cell in text
    heads = [line for line in text.splitlines() if line.startswith("karate")]
    assert (len(heads) > 1) is (width < 200)


def test_renderings_show_what_is_published_and_where():
    sections = build_table([*star("usps"), *star("usps", "default"), *records(dataset="usps")])
    markdown = to_markdown(sections).splitlines()
    assert markdown[2].startswith("| method | n | ACC % | published | NMI % | published | ARI % |")
    assert markdown[4].startswith(
        "| scgc-star † | 3 | 60.0 ± 10.0 | 84.9 [1] | 25.0 ± 0.0 | 84.1 [1] | 12.5 ± 0.0 |"
    )
    assert markdown[5].startswith("| scgc-star, default recipe | 3 | 60.0 ± 10.0 | 84.9 [1] |")
    assert markdown[6].startswith("| k-means | 3 | 60.0 ± 10.0 | 66.8 ± 0.0 [2] |")
    tuned, star_source, kmeans_source = markdown[8:]
    assert tuned.startswith("† settings that were tuned with the labels of this dataset: authors' README")
    assert "[1] authors' README" in star_source
    assert "(verified): 1 run, seed 42" in star_source
    assert "[2] Bo et al." in kmeans_source
    lines = [line.split() for line in shown(sections[0], 200).splitlines()]
    names = [line[:3] for line in lines if line and line[0] in {"scgc-star", "scgc-star,", "published", "k-means"}]
    assert names == [
        ["scgc-star", "†", "3"],
        ["scgc-star,", "default", "recipe"],
        ["published", "[1]", "84.9"],
        ["k-means", "3", "60.0"],
        ["published", "[2]", "66.8"],
    ]


def test_one_footnote_for_a_source_and_a_word_about_dashes():
    both = [*records(dataset="usps"), *records(dataset="acm")]
    lines = to_markdown(build_table(both)).splitlines()
    assert sum(line.startswith("[") for line in lines) == 1
    assert not any(line.startswith(("†", "A dash")) for line in lines)
    mixed = to_markdown(build_table([*both, *records(dataset="usps", method="leiden")])).splitlines()
    assert mixed[-1].startswith("A dash under published")
    nothing = to_markdown(build_table(records()))
    assert "published" not in nothing, "no column and no word where nothing is published"


def test_long_settings_stand_in_a_footnote_with_one_letter_for_all_rows():
    few = {"n_clusters": 2, "batch_size": 512, "fanouts": [10, 10]}
    mixed = [*records(params=few), *records(), *records(method="other", params=few), *records(method="other")]
    sections = build_table(mixed)
    assert [row.label for row in sections[0].rows][:2] == ["k-means (batch_size=512, fanouts=[10, 10])", "k-means"]
    notes = Footnotes(sections)
    assert [notes.label(row) for row in sections[0].rows] == ["k-means [a]", "k-means", "other [a]", "other"]
    assert notes.lines() == ["[a] batch_size=512, fanouts=[10, 10]"]
    for text in (to_markdown(sections), to_overview(sections)):
        assert "| other [a] | " in text
        assert text.endswith("\n[a] batch_size=512, fanouts=[10, 10]\n")
    assert "k-means [a]" in shown(sections[0], 200)


def test_an_undefined_score_is_a_dash_and_the_number_of_defined_ones_is_said():
    def scored(seed, conductance):
        metrics = {**METRICS, "modularity": nan, "conductance": conductance}
        return make_record(make_run(seed=seed), metrics=metrics)

    [section] = build_table([scored(0, nan), scored(1, 0.25), scored(2, 0.25)])
    assert section.rows[0].cells[5:7] == ["-", "0.250 ± 0.000 (2)"]
    [line] = [line for line in to_markdown([section]).splitlines() if line.startswith("(2)")]
    assert line.startswith("(2) after a number: over so many of the runs")
    assert "0.250 ± 0.000 (2)" in shown(section, 200)
    [alone] = build_table([scored(0, nan)])
    assert alone.rows[0].cells[6] == "-"
    assert "nan" not in to_markdown([alone]) + shown(alone, 200)


def test_a_narrow_terminal_gets_spreads_below_means():
    [section] = build_table(records())
    text = shown(section, 100)
    assert max(map(len, text.splitlines())) <= 100
    assert "60.0 ± 10.0" not in text
    assert "± 10.0" in text
    [section] = build_table([*star("usps"), *star("usps", "default"), *records(dataset="usps")])
    text = shown(section, 100)
    assert max(map(len, text.splitlines())) <= 100
    assert "published [1]" in text


def test_the_row_that_j_would_choose_is_marked():
    def scored(method: str, seed: int, j: float) -> Record:
        return make_record(make_run(seed=seed, method=method), metrics={**METRICS, "J": j})

    rivals = [("k-means", 0, 0.9), ("k-means", 1, 0.1), ("smooth-k-means", 0, 0.6), ("leiden", 0, 0.2)]
    [section] = build_table([scored(*rival) for rival in rivals])
    assert [row.chosen for row in section.rows] == [False, True, False], "by the mean, not by the best run"
    assert Footnotes([section]).label(section.rows[1]) == "smooth-k-means ◂"
    assert "◂ the highest mean J" in to_markdown([section])
    [alone] = build_table([scored("k-means", 0, 0.9), make_record(make_run(method="leiden"))])
    assert not any(row.chosen for row in alone.rows), "there was nothing to choose among"


def test_columns_without_a_number_are_left_out():
    unlabelled = [make_record(make_run(seed=0), metrics={"modularity": 0.4, "conductance": 0.3})]
    shown = [COLUMNS[i].title for i in columns_of(build_table(unlabelled))]
    assert shown == ["modularity", "conductance", "seconds", "CPU s", "memory MB"]
    assert "ACC" not in to_markdown(build_table(unlabelled))

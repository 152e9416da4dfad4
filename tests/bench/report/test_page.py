"""The page is well formed, says what the table says, loads nothing, and cannot be made to run anything."""

import json
import re
from math import nan
from xml.etree import ElementTree as ET

import pytest

from graphcl.bench import Journal, build_table, load_records
from graphcl.bench.report import write_report
from graphcl.bench.report.page import build_page
from graphcl.bench.tables.table import columns_of
from tests.bench.make_record import OUTCOME, make_record, make_run
from tests.bench.report.make_evidence import make_evidence, make_records, with_points
from tests.bench.report.reading import Page

CITE = {"n_clusters": 2, "lr": 1e-4, "order": 1, "alpha": 1.0, "beta": 0.1, "tau": 0.25}
RECORDS = [
    *make_records("scgc-star", level=0.6, params=CITE),
    *make_records("k-means", level=0.3),
    *make_records("k-means", dataset="karate", seeds=[0]),
]


@pytest.fixture(scope="module")
def text():
    return build_page(make_evidence(RECORDS))


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_the_page_and_its_charts_are_well_formed(text, page):
    charts = re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)
    assert len(charts) == 2 * 3 + 3 * 6  # of each dataset, and of each method: pictures, clusters, losses
    for chart in charts:
        root = ET.fromstring(chart)  # noqa: S314  (it is ours)
        *_, width, height = map(float, root.attrib["viewBox"].split())
        for label in root.iter("text"):
            assert 0 <= float(label.attrib["x"]) <= width, label.text
            assert 0 <= float(label.attrib["y"]) <= height, label.text
    identifiers = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert identifiers == ["d0", "d1", "how"]
    assert links == ["#d0", "#d1"]


def test_the_numbers_are_those_of_the_table(page):
    rows = [row for section in build_table(RECORDS) for row in section.rows]
    shown = page.rows("numbers")
    ours = [row for row in shown if row[0] != "method" and not row[0].startswith("published")]
    places = columns_of(build_table(RECORDS))
    assert [row[1:] for row in ours] == [[str(row.n), *(row.cells[i] for i in places)] for row in rows]
    assert [row[0] for row in ours] == ["scgc-star †", "k-means", "k-means"]


def test_published_numbers_stand_below_ours_with_source_and_status(page):
    [kmeans] = [row for row in page.rows("numbers") if row[0].startswith("published")]
    assert kmeans[:3] == ["published [1], verified", "", "39.3 ± 3.2"]
    assert kmeans[6:] == [""] * 5, "nothing where nothing is published"
    assert '[1] Bo et al., "Structural Deep Clustering Network", WWW 2020, Table 2 (verified)' in page.text
    assert "† settings that were tuned with the labels of this dataset: authors' README" in page.text


def test_the_overview_says_where_to_start_what_it_costs_and_how_sure_that_is(page):
    rows = {row[0].partition(" (")[0]: row[1:] for row in page.rows("overview")}
    assert rows["dataset"] == ["start with", "scgc-star", "k-means"]
    verdict, tuned, other = rows["cite"]
    assert verdict == "scgc-star†NMI 61.0 ± 1.0, 1 sahead by more than the spread of 3 runs"
    assert "NMI 61.0 ± 1.0" in tuned
    assert "1 s, 3 runs" in other
    verdict, blank, _ = rows["karate"]
    assert verdict.endswith("one run: how sure is not known")
    assert blank == "-"


def overview(*records):
    page = Page(build_page(make_evidence(records, {})))
    return page.rows("overview")[1][1], [a.get("class") for tag, a in page.elements if tag == "span"]


def test_of_methods_that_cannot_be_told_apart_the_cheapest_is_named():
    slow = {"seconds": {"cpu": 9.0, "wall": 9.0}}
    better = [
        make_record(make_run(method="a", seed=s), metrics={**OUTCOME["metrics"], "nmi": 0.5 + s / 50}, **slow)
        for s in range(3)
    ]
    verdict, classes = overview(*better, *make_records("b", dataset="karate", level=0.51))
    assert verdict.startswith("bNMI 52.0 ± 1.0, 1 s")
    assert verdict.endswith("cheapest of 2 that are tied over 3 runs")
    assert classes.count("score best") == classes.count("score tied") == 2


def test_without_classes_modularity_ranks():
    structure = {"modularity": 0.4, "conductance": 0.3}
    verdict, _ = overview(make_record(metrics=structure), make_record(make_run(method="b"), metrics=structure))
    assert "modularity 0.400" in verdict


def test_protocol_machine_and_use_of_labels_are_stated(page):
    for words in (
        "Protocol: labels read once, after the last step.",
        "no epoch and no seed was chosen by looking at labels",
        "mean ± the sample standard deviation over runs",
        "never for training",
        "pictures and clusters of seed 0",
        "7 runs, 2 methods, 2 datasets; 2026-11-23; runs.jsonl",
    ):
        assert words in page.text
    assert page.rows("machines")[1][:3] == ["7", "cpu", "fp32"]
    assert json.loads(page.rows("settings")[0][1]) == CITE


def test_records_without_details_keep_their_tables():
    page = Page(build_page(make_evidence(RECORDS, {})))
    assert page.text.count("Loss curves, clusters and pictures were not kept beside these records.") == 2
    assert len(page.rows("numbers")) == 2 + 3 + 1
    some = Page(build_page(make_evidence(RECORDS, {RECORDS[1].key: with_points()})))
    assert "pictures and clusters of seed 1" in some.text
    assert some.text.count("not kept beside the records of this method") == 1
    assert some.text.count("not kept beside these records") == 1


HOSTILE = [
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "</style><script>",
    "<img src=http://x onerror=y>",
    "&lt;b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name):
    records = [
        make_record(
            make_run(method=f"m{name}", dataset=name, params={name: name}, data={"k": name}, seed=seed),
            device=name,
            versions={"python": name, "graphcl": name},
            git={"commit": name, "dirty": True},
            stages=[{**OUTCOME["stages"][0], "name": name}],
        )
        for seed in (0, 1)
    ]
    details = {record.key: with_points(stage=name, part=name) for record in records}
    evidence = make_evidence(records, details)
    evidence.names.append(name)
    page = Page(build_page(evidence))
    assert not {"script", "img", "iframe", "object", "embed"} & {tag for tag, _ in page.elements}
    assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]
    assert " ".join(name.split()) in page.text


def test_nothing_is_loaded_and_nothing_may_be(text, page):
    policy = [attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    for tag, attributes in page.elements:
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith(("#", "data:")), tag
    assert not re.search(r"url\(|@import|https?://", text)


def test_a_page_of_many_runs_is_of_sane_size():
    records = [
        record
        for dataset in range(7)
        for method in range(5)
        for record in make_records(f"method-{method}", dataset=f"dataset-{dataset}", seeds=range(5))
    ]
    shared = [with_points(seed, nodes=3000, classes=10) for seed in range(5)]
    details = {record.key: shared[record.seed] for record in records}
    assert len(build_page(make_evidence(records, details))) < 3_000_000


def test_a_report_of_files_is_the_same_every_time(tmp_path):
    path = tmp_path / "some.jsonl"
    with Journal(path) as journal:
        for record in RECORDS:
            journal.append(record, with_points(record.seed).to_bytes())
    for name in ("a.html", "b.html"):
        write_report([path], tmp_path / "deep" / name)
    first = (tmp_path / "deep" / "a.html").read_text(encoding="utf-8")
    assert first == (tmp_path / "deep" / "b.html").read_text(encoding="utf-8")
    assert first == build_page(make_evidence(load_records(path))).replace("runs.jsonl", "some.jsonl")
    assert len(columns_of(build_table(RECORDS))) + 2 == len(Page(first).rows("numbers")[0])


def test_runs_without_a_defined_score_have_a_page_of_costs():
    undefined = {"J": 0.3, "modularity": nan, "conductance": nan}
    for metrics in (undefined, {}):
        page = Page(build_page(make_evidence([make_record(metrics=metrics)], {})))
        assert page.rows("overview")[1][1] == "-"
        assert "What a run costs" in page.text
        assert "nan" not in page.text


def test_names_are_short_in_charts_and_their_letters_are_explained():
    few = {"n_clusters": 2, "batch_size": 512, "fanouts": [10, 10]}
    text = build_page(make_evidence([*make_records(params=few), *make_records()]))
    page = Page(text)
    assert page.text.count("[a] batch_size=512, fanouts=[10, 10]") == 3, "overview, table, sources"
    reported = "published [1], verified"
    assert [row[0] for row in page.rows("numbers")[1:]] == ["k-means [a]", reported, "k-means", reported]
    for chart in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL):
        assert "batch_size" not in chart


def test_many_methods_go_on_in_further_lines_and_many_columns_take_two():
    many = [record for i in range(9) for record in make_records(f"m{i}")]
    kinds = [kind for kind, _ in Page(build_page(make_evidence(many, {}))).tables]
    assert "overview wrapped" in kinds
    probes = {f"{probe}/{score}": 0.25 for probe in ("probe", "knn") for score in ("micro_f1", "macro_f1")}
    wide = [make_record(metrics={**OUTCOME["metrics"], **probes})]
    kinds = [kind for kind, _ in Page(build_page(make_evidence(wide, {}))).tables]
    assert "numbers many" in kinds
    assert "overview" in kinds

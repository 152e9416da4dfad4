import json
import math
import re

import pytest

from graphcl.bench import Journal, Record, load_records
from tests.bench.make_record import make_record, make_run

RECORDS = [make_record(make_run(seed=seed)) for seed in range(3)]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "folder" / "runs.jsonl"
    with Journal(path) as journal:
        for record in RECORDS:
            journal.append(record)
    return path


def test_records_come_back_as_they_went(path):
    assert load_records(path) == RECORDS
    assert RECORDS[0].key == make_run(seed=0).key


def test_appending_keeps_what_is_there(path):
    before = path.read_bytes()
    with Journal(path) as journal:
        assert journal.records == RECORDS
        journal.append(make_record(make_run(seed=9)))
        assert len(journal.records) == 4
    assert path.read_bytes().startswith(before)
    assert load_records(path)[3].seed == 9


@pytest.mark.parametrize("rest", [b'{"key": "12', b"\xff\xfe", b'{"key"\n'])
def test_a_broken_last_line_is_passed_over_and_cut_off(path, rest):
    sound = path.read_bytes()
    path.write_bytes(sound + rest)
    assert load_records(path) == RECORDS
    with pytest.warns(UserWarning, match="cut off a last line"), Journal(path) as journal:
        assert journal.records == RECORDS
    assert path.read_bytes() == sound


def test_a_last_line_that_only_lacks_its_end_is_kept(path):
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    with Journal(path) as journal:
        journal.append(make_record(make_run(seed=9)))
    assert [record.seed for record in load_records(path)] == [0, 1, 2, 9]


def test_a_broken_line_elsewhere_is_an_error_that_names_it(path):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + "{]\n" + lines[2])
    with pytest.raises(ValueError, match=re.escape(f"{path}, line 2")):
        load_records(path)
    with pytest.raises(ValueError, match="line 2"), Journal(path):
        pass
    with Journal(path.with_name("other.jsonl")):
        pass  # and no lock is left behind


def test_one_writer_at_a_time(path):
    with Journal(path):
        assert load_records(path) == RECORDS  # readers are welcome
        with pytest.raises(BlockingIOError, match="another graphcl process"), Journal(path):
            pass
    with Journal(path):
        pass


def test_an_unwritable_place_is_refused_at_once(tmp_path):
    (tmp_path / "file").write_text("")
    for place in ("file/runs.jsonl", "file/folder/runs.jsonl", "."):
        with pytest.raises(OSError, match="cannot be written"), Journal(tmp_path / place):
            pass


def test_a_later_version_may_add_fields():
    content = json.loads(RECORDS[0].to_line())
    assert Record.from_line(json.dumps({**content, "energy": 1})) == RECORDS[0]


def test_infinite_scores_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        make_record(metrics={"acc": float("inf")}).to_line()


def test_an_undefined_score_is_null_on_file_and_nan_in_memory():
    line = make_record(metrics={"acc": 0.5, "conductance": float("nan")}).to_line()
    assert json.loads(line, parse_constant=pytest.fail)["metrics"] == {"acc": 0.5, "conductance": None}
    metrics = Record.from_line(line).metrics
    assert metrics["acc"] == 0.5
    assert math.isnan(metrics["conductance"])


FIELDS = {
    "method": ({"method": 3}, "method must be a text; got 3"),
    "seed": ({"seed": True}, "seed must be a whole number of 0 or more; got True"),
    "revision": ({"revision": -1}, "revision must be a whole number of 0 or more; got -1"),
    "params": ({"params": [1]}, "params must be an object; got [1]"),
    "score in words": ({"metrics": {"acc": "x"}}, "metrics/acc must be null or a number in [0, 1]; got 'x'"),
    "score below 0": ({"metrics": {"acc": -7}}, "metrics/acc must be null or a number in [0, 1]; got -7"),
    "score in per cent": (
        {"metrics": {"probe/micro_f1": 81.5}},
        "metrics/probe/micro_f1 must be null or a number in",
    ),
    "ari": ({"metrics": {"ari": -1.5}}, "metrics/ari must be null or a number in [-1, 1]; got -1.5"),
    "own score": ({"metrics": {"mine": [1]}}, "metrics/mine must be null or a finite number; got [1]"),
    "too large": ({"metrics": {"mine": 10**400}}, "metrics/mine must be null or a finite number; got 1000"),
    "no clock": ({"seconds": {"cpu": 1.0}}, "seconds/wall must be there; got {'cpu': 1.0}"),
    "no memory": ({"memory": {}}, "memory/growth_mb must be there; got {}"),
    "stages": ({"stages": [{"name": "fit"}]}, "stages[0]/epochs must be there; got {'name': 'fit'}"),
    "git": ({"git": "abc"}, "git must be an object; got 'abc'"),
    "versions": ({"versions": {"torch": 2}}, "versions/torch must be a text; got 2"),
}


@pytest.mark.parametrize("last", [False, True], ids=["in the middle", "at the end"])
@pytest.mark.parametrize(("changes", "message"), FIELDS.values(), ids=FIELDS)
def test_a_record_that_cannot_be_right_is_an_error_that_names_line_and_field(tmp_path, changes, message, last):
    path = tmp_path / "runs.jsonl"
    lines = [record.to_line() for record in RECORDS]
    wrong = json.dumps({**json.loads(lines[1]), **changes}) + "\n"
    path.write_text("".join([lines[0], *([lines[2], wrong] if last else [wrong, lines[2]])]))
    before = path.read_bytes()
    expected = re.escape(f"{path}, line {3 if last else 2}: {message}")
    with pytest.raises(ValueError, match=expected):
        load_records(path)
    with pytest.raises(ValueError, match=expected), Journal(path):
        pass
    assert path.read_bytes() == before, "nothing is cut off that was written to its end"


def test_a_first_record_with_its_fields_in_another_order_is_still_a_record(tmp_path):
    path = tmp_path / "runs.jsonl"
    content = dict(sorted(json.loads(RECORDS[0].to_line()).items()))
    path.write_text(json.dumps(content) + "\n")
    assert load_records(path) == RECORDS[:1]
    path.write_text(json.dumps({**content, "seed": 0.5}) + "\n")
    with pytest.raises(ValueError, match=r"line 1: seed must be a whole number"):
        load_records(path)


def test_embeddings_alone_have_no_scores_and_rounding_is_no_error(tmp_path):
    for metrics in ({}, {"nmi": 1.0000000000000002, "conductance": -1e-17}):
        assert Record.from_line(make_record(metrics=metrics).to_line()).metrics == metrics

import json
import re

import pytest

from graphcl.bench import Journal, Record, read_records
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
    assert read_records(path) == RECORDS
    assert RECORDS[0].key == make_run(seed=0).key


def test_appending_keeps_what_is_there(path):
    before = path.read_bytes()
    with Journal(path) as journal:
        assert journal.records == RECORDS
        journal.append(make_record(make_run(seed=9)))
        assert len(journal.records) == 4
    assert path.read_bytes().startswith(before)
    assert read_records(path)[3].seed == 9


@pytest.mark.parametrize("rest", [b'{"key": "12', b"\xff\xfe", b'{"key": "12"}', b'{"key"\n'])
def test_a_broken_last_line_is_passed_over_and_cut_off(path, rest):
    sound = path.read_bytes()
    path.write_bytes(sound + rest)
    assert read_records(path) == RECORDS
    with pytest.warns(UserWarning, match="cut off a last line"), Journal(path) as journal:
        assert journal.records == RECORDS
    assert path.read_bytes() == sound


def test_a_last_line_that_only_lacks_its_end_is_kept(path):
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    with Journal(path) as journal:
        journal.append(make_record(make_run(seed=9)))
    assert [record.seed for record in read_records(path)] == [0, 1, 2, 9]


def test_a_broken_line_elsewhere_is_an_error_that_names_it(path):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + "{]\n" + lines[2])
    with pytest.raises(ValueError, match=re.escape(f"{path}, line 2")):
        read_records(path)
    with pytest.raises(ValueError, match="line 2"), Journal(path):
        pass
    with Journal(path.with_name("other.jsonl")):
        pass  # and no lock is left behind


def test_one_writer_at_a_time(path):
    with Journal(path):
        assert read_records(path) == RECORDS  # readers are welcome
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


def test_numbers_that_are_no_json_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        make_record(metrics={"acc": float("nan")}).to_line()

"""Tables and lists of SMILES: what is read, and one line for what is wrong."""

import gzip

import numpy as np
import pytest

from graphcl.datasets.molecules.smiles_file import is_smiles_file, read_smiles_file

TABLE = 'id,SMILES,active,"log, P"\n1,CCO,1,0.5\n\n2, C ,,-1e1\n3,"C(C)C",0,\n'


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(TABLE)
    return path


def test_a_table_gives_smiles_and_labels(table):
    found = read_smiles_file(table, labels=["active", "log, P"])
    assert found.smiles == ["CCO", "C", "C(C)C"]
    assert found.tasks == ("active", "log, P")
    assert found.labels.dtype == np.float32
    np.testing.assert_array_equal(found.labels, [[1, 0.5], [np.nan, -10], [0, np.nan]])


def test_without_labels_there_are_none_and_none_means_all_others(table):
    assert read_smiles_file(table).labels.shape == (3, 0)
    assert read_smiles_file(table, labels=None, ignored=["id"]).tasks == ("active", "log, P")
    assert read_smiles_file(table, column="id", labels=["active"]).smiles == ["1", "2", "3"]


def test_a_list_may_have_names_and_either_may_be_compressed(tmp_path):
    (tmp_path / "mine.smi").write_text("CCO ethanol\n\nC\tmethane gas\nCC\n")
    assert read_smiles_file(tmp_path / "mine.smi").smiles == ["CCO", "C", "CC"]
    with gzip.open(tmp_path / "mine.CSV.gz", "wt") as file:
        file.write(TABLE)
    assert read_smiles_file(tmp_path / "mine.CSV.gz").smiles == ["CCO", "C", "C(C)C"]


def test_a_byte_order_mark_is_no_part_of_the_heading(tmp_path):
    (tmp_path / "mine.csv").write_bytes(b"\xef\xbb\xbfsmiles\nC\n")
    assert read_smiles_file(tmp_path / "mine.csv").smiles == ["C"]


def test_endings():
    assert all(map(is_smiles_file, ["a.csv", "b.SMI", "c.csv.gz", "d.smi.gz"]))
    assert not any(map(is_smiles_file, ["a.npz", "bbbp", "smi", "a.gz"]))


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"", {}, "the file is empty; give a table with a row of headings and a column of SMILES"),
        (b"smiles\n", {}, "the file has no molecules; give one SMILES per row"),
        (b"a,b\n1,2\n", {}, "there is no column 'smiles'; the columns are a, b"),
        (b"a,b\n1,2\n", {"column": "c"}, "there is no column 'c'; the columns are a, b"),
        (b"smiles,a\nC,2\n", {"labels": ["b"]}, "there is no column 'b'; the columns are smiles, a"),
        (b"smiles,a\nC,2\nC\n", {}, "row 3 has 1 cells, the headings are 2; repair it"),
        (b"smiles,a\nC,2\nCC,x\n", {"labels": ["a"]}, "molecule 2 has 'x' for 'a', which is no number"),
        (b"smiles,a\nC,inf\n", {"labels": ["a"]}, "molecule 1 has inf for 'a'; labels must be finite"),
        ("smiles,a\nC,Überraschung\n".encode("latin-1"), {}, r"the file is not in UTF-8 \(it has the byte 0xdc\)"),
        (b'smiles\n"C\n', {}, "the file is not a table|no molecules|unexpected end"),
        (b"smiles\n\x00C\n" + b"C" * 200_000, {}, "a cell has more than 131,072 characters"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, content, options, message):
    (tmp_path / "mine.csv").write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        read_smiles_file(tmp_path / "mine.csv", **options)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "mine.csv"))


def test_a_compressed_file_that_is_cut_off_or_none(tmp_path):
    content = gzip.compress(TABLE.encode() * 100)
    for broken in (content[:-20], b"smiles\nC\n"):
        (tmp_path / "mine.csv.gz").write_bytes(broken)
        with pytest.raises(ValueError, match=r"mine.csv.gz: the file is damaged or cut off"):
            read_smiles_file(tmp_path / "mine.csv.gz")


def test_a_list_has_no_columns_and_a_missing_file_is_named(tmp_path):
    (tmp_path / "mine.smi").write_text("C\n")
    with pytest.raises(ValueError, match=r"a list has no columns; leave column and labels out"):
        read_smiles_file(tmp_path / "mine.smi", column="smiles")
    (tmp_path / "mine.smi").write_text("\n \n")
    with pytest.raises(ValueError, match=r"mine.smi: the file has no molecules; give one SMILES per row"):
        read_smiles_file(tmp_path / "mine.smi")
    with pytest.raises(FileNotFoundError, match=r"none.smi: no such file"):
        read_smiles_file(tmp_path / "none.smi")


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("smiles,y,y\nCCO,1,2\n", {"labels": ("y",)}, "2 columns are named 'y'; rename all but one"),
        ("smiles,y,y\nCCO,1,2\n", {"labels": None}, "2 columns are named 'y'"),
        ("SMILES,smiles\nCCO,C\n", {}, "the SMILES may be in SMILES or smiles; name the column"),
        ("smiles\nCCO\n" + "C" * 140_000 + "\n", {}, "a cell has more than 131,072 characters; remove its row"),
    ],
)
def test_what_could_be_read_in_two_ways_or_not_at_all(tmp_path, content, options, message):
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=message):
        read_smiles_file(path, **options)


def test_rows_of_blanks_are_left_out(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("smiles,y\nCCO,1\n  \n,\n \t, \nC,2\n")
    assert read_smiles_file(path, labels=("y",)).smiles == ["CCO", "C"]


def test_the_first_molecules_of_a_file(tmp_path):
    (tmp_path / "mine.csv").write_text("smiles,y\nCCO,1\n\nC,2\nCC,no number\n")
    found = read_smiles_file(tmp_path / "mine.csv", labels=["y"], first=2)
    assert (found.smiles, found.labels.tolist()) == (["CCO", "C"], [[1], [2]])
    (tmp_path / "mine.smi").write_text("\nCCO ethanol\n\nC\nCC\n")
    assert read_smiles_file(tmp_path / "mine.smi", first=2).smiles == ["CCO", "C"]
    assert len(read_smiles_file(tmp_path / "mine.smi", first=9).smiles) == 3

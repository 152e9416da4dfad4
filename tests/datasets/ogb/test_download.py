"""The download of OGB's sets: asked first, unpacked into the cache, and told in one line where it fails."""

import shutil
from urllib.error import URLError

import pytest

from graphcl.datasets import load
from graphcl.datasets.data_folders import find_data_folders
from graphcl.datasets.ogb.download import download
from graphcl.datasets.ogb.sets import SETS
from graphcl.ogb_package import import_ogb
from tests.datasets.ogb.layouts import node_set, write_node_set

ARXIV = SETS["ogbn-arxiv"]


@pytest.fixture
def url():
    return import_ogb("ogb.utils.url")


@pytest.fixture
def served(tmp_path, url, monkeypatch):
    """OGB's function gives an archive that was made here."""
    made = write_node_set(tmp_path / "made", "ogbn-arxiv", node_set("ogbn-arxiv"))
    made.rename(made.parent / "arxiv")
    archive = shutil.make_archive(str(tmp_path / "arxiv"), "zip", made.parent)

    def fetched(source, folder):
        assert source.endswith("/nodeproppred/arxiv.zip")
        return shutil.copy(archive, folder)

    monkeypatch.setattr(url, "download_url", fetched)
    return archive


def test_it_is_unpacked_where_it_is_read(served):
    place = download(ARXIV, find_data_folders())
    assert sorted(path.name for path in place.parent.iterdir()) == ["ogbn_arxiv"]
    assert load("ogbn-arxiv", counts="any").graph.num_nodes == 60
    with pytest.raises(FileExistsError, match="ogbn_arxiv is there; remove it to fetch ogbn-arxiv again"):
        download(ARXIV, find_data_folders())


def test_what_came_is_no_archive(served, url, tmp_path, monkeypatch):
    (tmp_path / "no.zip").write_text("<html>")
    monkeypatch.setattr(url, "download_url", lambda source, folder: shutil.copy(tmp_path / "no.zip", folder))
    with pytest.raises(ValueError, match=r"arxiv\.zip gave no zip archive"):
        download(ARXIV, find_data_folders())


def test_no_network(url, monkeypatch):
    def fetched(source, folder):
        raise URLError("no route")

    monkeypatch.setattr(url, "download_url", fetched)
    with pytest.raises(OSError, match=r"could not be fetched \(.*no route.*\); unpack it by hand as .*ogbn_arxiv"):
        download(ARXIV, find_data_folders())

"""Model cards: what lies beside a saved model, that the file says the same, and that no text breaks it."""

import pytest

import graphcl
from graphcl import DGI, FeatureKMeans
from graphcl.datasets import load
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.training import About
from graphcl.training.estimators.model_card import LONGEST, card_path

KARATE = load("karate")


@pytest.fixture(scope="module")
def fitted():
    return DGI(hidden_channels=4, out_channels=4, epochs=3, seed=7).fit(KARATE.graph)


def card_of(model, path, **options) -> str:
    model.save(path, **options)
    return card_path(path).read_text(encoding="utf-8")


def test_a_model_of_ones_own_data_says_what_is_known(fitted, tmp_path):
    card = card_of(fitted, tmp_path / "deep" / "model.pt")
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["model.card.md", "model.pt"]
    for line in (
        "# Model card: dgi",
        "- method: `dgi`",
        "- name: `not given`",
        "- licence: `not given`",
        "- size: `34 nodes, 156 edges`",
        "- seed: `7`",
        "- stage infomax: `3 epochs, 3 steps, ",
        "- scores: `none were given`",
        f"- graphcl: `{graphcl.__version__}`",
        "## Intended use\n\nEmbeddings of data of the same kind",
    ):
        assert f"\n{line}" in f"\n{card}", line


def test_the_facts_are_in_the_file_and_outlive_loading_and_saving(fitted, tmp_path):
    about = About.of(KARATE, licence="none stated", scores={"probe accuracy": 0.5}, intended_use="To try it.")
    card = card_of(fitted, tmp_path / "model.pt", about=about)
    assert f"- checksum: `sha256 {KARATE.checksum}`" in card
    assert "- name: `karate`" in card
    assert "- probe accuracy: `0.5`" in card
    assert card.endswith("## Intended use\n\nTo try it.\n")
    loaded = graphcl.load(tmp_path / "model.pt")
    assert loaded.card_["checksum"] == KARATE.checksum
    assert card_of(loaded, tmp_path / "again.pt") == card
    later = card_of(loaded, tmp_path / "later.pt", about=About(scores={"esol rmse": 1.25}))
    assert "- esol rmse: `1.25`" in later
    assert "probe accuracy" not in later
    assert "- name: `karate`" in later
    assert "- name: `not given`" in card_of(loaded.fit(KARATE.graph), tmp_path / "anew.pt"), "other facts, gone"


def test_texts_of_others_are_neither_markdown_nor_html(fitted, tmp_path):
    about = About(
        data="a`b\n# Heading\x1b[31m", licence="<script>`", intended_use="[click](http://x) <b>\n\n# New *bold*"
    )
    card = card_of(fitted, tmp_path / "model.pt", about=about)
    assert "- name: `a'b # Heading [31m`" in card
    assert "- licence: `<script>'`" in card
    assert card.splitlines()[-1] == r"\[click\](http://x) \<b\> \# New \*bold\*"
    assert card.count("\n# ") == 0


def test_a_card_that_is_none_is_refused(tmp_path):
    path = tmp_path / "model.pt"
    FeatureKMeans(n_clusters=2).fit(KARATE.graph).save(path)
    content = read_tensors(path)
    for card in (3, {"data": path.name, "more": {1: 2}}, {"size": content}, {"data": "a" * LONGEST}):
        write_tensors(path, {**content, "card": card})
        with pytest.raises(
            ValueError, match=r"model.pt holds no model that graphcl could have written \("
        ) as refused:
            graphcl.load(path)
        assert "\n" not in str(refused.value)


def test_facts_are_checked_when_they_are_given():
    with pytest.raises(TypeError, match="scores of a model card must be a dict of plain values"):
        About(scores=0.5)
    with pytest.raises(TypeError, match="data of a model card must be a text; got 3"):
        About(data=3)
    assert About().facts() == {}

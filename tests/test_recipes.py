"""Recipes are checked like code: every method has one, every key is a field, every number has a source."""

from importlib.resources import files

import pytest

from graphcl import METHODS, SCGC, SCGCStar
from graphcl.methods.lookup.kinds import n_clusters_of
from graphcl.recipes import (
    SETTINGS_ONLY,
    Published,
    check_recipe,
    parse_published,
    published,
    read_recipe,
    read_recipe_file,
    tuned_with_labels,
)
from graphcl.validation import check_parameters

TABLES = [(method, table) for method in METHODS for table in read_recipe_file(method)]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_of_graphcl_has_a_recipe_file(method):
    assert (files("graphcl.recipes") / f"{method}.toml").is_file()
    assert "default" in read_recipe_file(method)
    assert read_recipe(method, "a data set without a recipe") == read_recipe(method, "default")


@pytest.mark.parametrize(("method", "table"), TABLES)
def test_every_key_is_a_field_with_a_good_value(method, table):
    cls = METHODS[method]
    estimator = cls.from_recipe(table, **({} if n_clusters_of(cls) == "none" else {"n_clusters": 3}))
    check_parameters(estimator)
    recipe = read_recipe_file(method)[table]
    fields = set(estimator.get_params())
    assert set(recipe) <= fields | set(SETTINGS_ONLY)
    assert isinstance(recipe.get("tuned_with_labels", True), bool)
    if recipe.get("tuned_with_labels"):
        assert tuned_with_labels(method, table) == recipe["source"] != ""
    else:
        assert "tuned with labels" not in recipe.get("source", ""), "say so by tuned_with_labels = true"


@pytest.mark.parametrize(("method", "table"), TABLES)
def test_published_numbers_have_a_source_and_are_in_range(method, table):
    known = published(method, table)
    assert (known is None) is ("published" not in read_recipe_file(method)[table])
    assert table != "default" or known is None


def test_published_numbers_as_their_sources_print_them():
    assert published("k-means", "usps").metrics["acc"] == (66.82, 0.04)
    assert published("autoencoder-k-means", "cite").metrics["f1"] == (53.80, 0.11)
    one_run = published("scgc-star", "usps")
    assert one_run.metrics["nmi"] == (84.11, None)
    assert "chosen with labels" in one_run.protocol
    for method in METHODS:
        assert published(method, "a data set without a recipe") is None


SOUND = {"acc": [50.0, 1], "ari": [-3], "source": "a table", "status": "second-hand", "protocol": "10 runs"}


def test_a_published_table_as_an_object():
    metrics = {"acc": (50.0, 1.0), "ari": (-3.0, None)}
    assert parse_published(SOUND, "here") == Published(metrics, "a table", "second-hand", "10 runs")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"accuracy": [50]},
            "unknown key 'accuracy'; choose among acc, nmi, ari, f1, probe/micro_f1, .*, protocol",
        ),
        ({"source": " "}, "source must be a text; got ' '"),
        ({"protocol": None}, "protocol must be a text; got None"),
        ({"status": "recalled"}, "status must be one of verified, second-hand; got 'recalled'"),
        ({"acc": 50}, r"acc must be \[mean\] or \[mean, std\]; got 50"),
        ({"acc": [50, True]}, r"acc must be \[mean\] or \[mean, std\]"),
        ({"acc": [50, 1, 1]}, r"acc must be \[mean\] or \[mean, std\]"),
        ({"acc": [101]}, r"acc must be in per cent, its mean in \[0, 100\]; got \[101\]"),
        ({"acc": [float("nan")]}, "acc must be in per cent"),
        ({"acc": [50, -1]}, "acc must be in per cent"),
    ],
)
def test_published_tables_that_are_refused(change, message):
    with pytest.raises(ValueError, match=f"^here: {message}"):
        parse_published({**SOUND, **change}, "here")


def test_a_published_table_without_numbers_is_refused():
    texts = {key: value for key, value in SOUND.items() if isinstance(value, str)}
    with pytest.raises(ValueError, match="here: there must be a number; give one of acc, nmi, ari, f1"):
        parse_published(texts, "here")


def test_a_method_without_a_file_has_the_defaults_of_its_class():
    assert read_recipe("my-method", "cora") == {}
    assert published("my-method", "cora") is None
    assert tuned_with_labels("my-method", "cora") is None
    check_recipe("default", ["my-method"])


def test_who_tuned_with_labels():
    assert "README" in tuned_with_labels("scgc", "dblp")
    for dataset in ("default", "digits", "cora"):
        assert tuned_with_labels("scgc", dataset) is None


PUBLISHED = {  # the README of github.com/gayanku/SCGC: alpha, beta, order, tau, learning rate
    SCGC: {
        "usps": (1, 0.1, 4, 0.5, 1e-3),
        "hhar": (1, 10, 4, 2.25, 1e-3),
        "reut": (3, 0.1, 3, 1, 1e-3),
        "acm": (0.5, 0.1, 2, 0.25, 1e-3),
        "dblp": (0.5, 0.1, 1, 0.25, 1e-3),
        "cite": (1, 0.1, 1, 0.25, 1e-4),
    },
    SCGCStar: {
        "usps": (4, 0.1, 4, 0.25, 1e-3),
        "hhar": (1, 10, 3, 2.25, 1e-3),
        "reut": (0.5, 0.1, 3, 0.25, 1e-3),
        "acm": (1, 0.1, 1, 0.25, 1e-3),
        "dblp": (1, 0.1, 1, 0.25, 1e-3),
        "cite": (1, 0.1, 1, 0.25, 1e-4),
    },
}


@pytest.mark.parametrize("method", PUBLISHED)
def test_the_six_published_settings(method):
    for dataset, values in PUBLISHED[method].items():
        m = method.from_recipe(dataset, n_clusters=2)
        assert (m.alpha, m.beta, m.order, m.tau, m.lr) == values
        assert (m.epochs, m.pretrain_epochs, m.n_init) == (200, 30, 20)
        assert m.feature_scale == (2 if dataset == "usps" else 1)


def test_a_recipe_that_is_asked_for_has_to_be_somewhere():
    check_recipe("digits", ["k-means", "scgc"])
    check_recipe("default", METHODS)
    with pytest.raises(ValueError, match=r"no method here has a recipe 'digits'; choose among default"):
        check_recipe("digits", ["k-means"])


def test_overrides_win_and_unknown_keys_are_refused():
    assert SCGCStar.from_recipe("cite", n_clusters=6, lr=0.5).lr == 0.5
    with pytest.raises(ValueError, match=r"scgc-star has no parameter 'temperature'; choose among .*tau"):
        SCGCStar.from_recipe("cite", n_clusters=6, temperature=0.5)

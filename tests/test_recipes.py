"""Recipes are checked like code: every method has one, every key is a field, every number has a source."""

import pytest

from graphcl import METHODS, SCGC, SCGCStar
from graphcl.recipes import SETTINGS_ONLY, read_recipe, read_recipe_file
from graphcl.training.validation import check_parameters

TABLES = [(method, table) for method in METHODS for table in read_recipe_file(method)]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_default(method):
    assert "default" in read_recipe_file(method)
    assert read_recipe(method, "a data set without a recipe") == read_recipe(method, "default")


@pytest.mark.parametrize(("method", "table"), TABLES)
def test_every_key_is_a_field_with_a_good_value(method, table):
    estimator = METHODS[method].from_recipe(table, n_clusters=3)
    check_parameters(estimator)
    recipe = read_recipe_file(method)[table]
    fields = set(estimator.get_params())
    assert set(recipe) <= fields | set(SETTINGS_ONLY)
    for published in recipe.get("published", {}).values():
        assert published["source"]
        assert published["status"] in {"verified", "second-hand"}


PUBLISHED = {  # the sheet's section 6: alpha, beta, order, tau, learning rate
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


def test_overrides_win_and_unknown_keys_are_refused():
    assert SCGCStar.from_recipe("cite", n_clusters=6, lr=0.5).lr == 0.5
    with pytest.raises(ValueError, match=r"scgc-star has no parameter 'temperature'; choose among .*tau"):
        SCGCStar.from_recipe("cite", n_clusters=6, temperature=0.5)

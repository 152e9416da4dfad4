import pytest

from graphcl.bench.runs.recipe_of import departures, keeps_own, recipe_keys, recipe_of
from graphcl.methods import METHODS
from graphcl.methods.lookup.kinds import n_clusters_of
from graphcl.recipes import read_recipe_file


def params_of(method, recipe, **overrides):
    cls = METHODS[method]
    number = {"n_clusters": 3} if n_clusters_of(cls) != "none" else {}
    return cls.from_recipe(recipe, **number, **overrides).get_params()


@pytest.mark.parametrize(("method", "dataset"), [(m, d) for m in METHODS for d in read_recipe_file(m)])
def test_every_recipe_is_recognised_by_its_values(method, dataset):
    own, general = params_of(method, dataset), params_of(method, "default")
    assert recipe_of(method, dataset, own) == "own"
    assert recipe_of(method, dataset, general) == ("own" if own == general else "default")


def test_keys_that_only_one_recipe_has_count():
    params = params_of("autoencoder-k-means", "usps")
    assert recipe_of("autoencoder-k-means", "usps", {**params, "feature_scale": 1.0}) == "default"
    assert recipe_of("autoencoder-k-means", "usps", {**params, "feature_scale": 3.0}) == "none"
    assert recipe_of("autoencoder-k-means", "cora", params) == "own"


def test_departures_are_from_the_datasets_own_settings():
    assert departures("scgc-star", "acm", params_of("scgc-star", "acm", alpha=3.0, epochs=1)) == {"alpha": 3.0}
    assert departures("scgc-star", "acm", params_of("scgc-star", "default")) == {"order": 2}
    assert departures("scgc-star", "acm", params_of("scgc-star", "acm")) == {}


@pytest.mark.parametrize(
    ("dataset", "recipe", "changed", "kept"),
    [
        ("citeseer", "citeseer", {"epochs": 300}, True),
        ("citeseer", "default", {"epochs": 300}, False),
        ("citeseer", "default", {"temperature": 0.9}, True),  # one value of the data set's own is enough
        ("cora", "default", {"epochs": 300}, True),  # the general recipe is Cora's
    ],
)
def test_what_a_recipe_was_tuned_on_is_kept_with_any_of_its_values(dataset, recipe, changed, kept):
    assert keeps_own("grace", dataset, params_of("grace", recipe, **changed)) is kept


def test_an_unknown_method_has_no_recipe_to_depart_from():
    assert recipe_keys("gone", "acm") == set()
    assert recipe_of("gone", "acm", {"alpha": 1.0}) == "own"

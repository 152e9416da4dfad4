from pathlib import Path

import pytest

from graphcl.bench import Suite, expand, read_suite

SUITES = Path(__file__).parents[3] / "benchmarks" / "suites"
SOUND = """
name = "tiny"
seeds = [3, 5]
methods = ["k-means", "autoencoder-k-means"]
datasets = ["karate", "planted-partition"]
[params.k-means]
n_init = 2
[data.planted-partition]
nodes = 50
"""


@pytest.fixture
def suite_file(tmp_path):
    def write(text):
        path = tmp_path / "suite.toml"
        path.write_text(text)
        return path

    return write


def test_runs_that_share_a_pretraining_follow_each_other(suite_file):
    runs = [task.run for task in expand(read_suite(suite_file(SOUND)))]
    assert [(run.seed, run.dataset, run.method) for run in runs] == [
        (seed, dataset, method)
        for seed in (3, 5)
        for dataset in ("karate", "planted-partition")
        for method in ("k-means", "autoencoder-k-means")
    ]
    assert len({run.key for run in runs}) == len(runs)


def test_runs_know_their_parameters(suite_file):
    runs = [task.run for task in expand(read_suite(suite_file(SOUND)))]
    assert runs[0].params["n_init"] == 2
    assert runs[0].params["n_clusters"] == 2
    assert "seed" not in runs[0].params
    assert runs[2].data["nodes"] == 50
    assert runs[3].params["n_clusters"] == 5


def test_a_recipe_is_that_of_the_dataset_unless_one_is_named():
    suite = {"name": "tiny", "seeds": [0], "methods": ["scgc-star"], "datasets": ["digits"]}
    own, general = expand(Suite(**suite)), expand(Suite(**suite, recipe="default"))
    assert own[0].run.params["alpha"] == 4
    assert general[0].run.params["alpha"] == 1


def test_variants_run_beside_the_plain_method(suite_file):
    text = SOUND + "[[variants.k-means]]\nn_init = 4\n[[variants.k-means]]\nn_clusters = 3\n"
    runs = [task.run for task in expand(read_suite(suite_file(text))) if task.run.seed == 3]
    found = [
        (run.dataset, run.params["n_init"], run.params["n_clusters"]) for run in runs if run.method == "k-means"
    ]
    assert found == [
        *(("karate", *numbers) for numbers in ((2, 2), (4, 2), (2, 3))),
        *(("planted-partition", *numbers) for numbers in ((2, 5), (4, 5), (2, 3))),
    ]


def test_a_variant_of_one_recipe_is_none_of_another():
    suite = Suite(
        name="tiny",
        seeds=[0],
        methods=["scgc-star", "scgc-star@default"],
        datasets=["digits"],
        variants={"scgc-star": [{"beta": 0.5}], "scgc-star@default": [{"beta": 0.6}]},
    )
    found = [(task.run.params["alpha"], task.run.params["beta"]) for task in expand(suite)]
    assert found == [(4, 0.1), (4, 0.5), (1, 0.1), (1, 0.5), (1, 0.6)]


def test_a_method_may_come_with_more_than_one_recipe():
    methods = ["scgc-star", "scgc-star@default", "scgc-star@cite"]
    params = {"scgc-star": {"epochs": 3, "beta": 0.5}, "scgc-star@cite": {"epochs": 4}}
    suite = Suite(name="tiny", seeds=[0], methods=methods, datasets=["digits"], params=params)
    found = [(task.run.method, task.run.params) for task in expand(suite)]
    assert [(method, p["alpha"], p["lr"], p["epochs"], p["beta"]) for method, p in found] == [
        ("scgc-star", 4, 1e-3, 3, 0.5),
        ("scgc-star", 1, 1e-3, 3, 0.5),
        ("scgc-star", 1, 1e-4, 4, 0.5),
    ]


def test_recipes_that_coincide_are_run_once():
    methods = ["k-means@default", "scgc-star", "scgc-star@default", "k-means"]
    tasks = expand(Suite(name="tiny", seeds=[0, 1], methods=methods, datasets=["karate"]))
    assert [(task.run.seed, task.run.method) for task in tasks] == [
        (seed, method) for seed in (0, 1) for method in ("k-means", "scgc-star")
    ]


def test_datasets_that_are_not_here_are_left_out_if_asked():
    suite = Suite(name="tiny", seeds=[0, 1], methods=["k-means"], datasets=["gone.npz", "karate", "away.npz"])
    told = []
    tasks = expand(suite, on_absent=told.append)
    assert [task.run.dataset for task in tasks] == ["karate", "karate"]
    assert [str(error).partition(":")[0] for error in told] == ["gone.npz", "away.npz"]
    with pytest.raises(FileNotFoundError, match=r"^gone\.npz: no such file"):
        expand(suite)


def test_a_plan_without_any_dataset_is_none():
    suite = Suite(name="tiny", seeds=[0], methods=["k-means"], datasets=["gone.npz", "away.npz"])
    told = []
    with pytest.raises(FileNotFoundError, match=r"^away\.npz: no such file"):
        expand(suite, on_absent=told.append)
    assert len(told) == 1


@pytest.mark.parametrize(
    ("method", "dataset", "message"),
    [
        (
            "k-means",
            "planted-multiplex",
            "several relations, which k-means does not take; choose among gcool-multiplex",
        ),
        (
            "gcool-multiplex",
            "karate",
            "karate is a graph of one relation, which gcool-multiplex does not take; choose",
        ),
    ],
)
def test_a_method_is_given_the_kind_of_graph_that_it_takes(method, dataset, message):
    with pytest.raises(ValueError, match=message):
        expand(Suite(name="tiny", seeds=[0], methods=[method], datasets=[dataset]))


@pytest.mark.parametrize("path", sorted(SUITES.glob("*.toml")), ids=lambda path: path.stem)
def test_suites_of_the_repository_can_be_read(path):
    assert read_suite(path).name == path.stem


def without(key):
    return "\n".join(line for line in SOUND.splitlines() if not line.startswith(key))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "Invalid value"),
        (without("seeds"), "the key seeds is missing"),
        ("nmae = 1\n" + SOUND, "unknown key 'nmae' (did you mean name?); choose among name, seeds"),
        (SOUND.replace("[3, 5]", "0"), "seeds must be how many, from 1 to 1000, or a list of as many; got 0"),
        (SOUND.replace("[3, 5]", '["a"]'), "seeds.0 should be a valid integer; got 'a'"),
        (SOUND.replace("[3, 5]", "true"), "or a list of as many; got True"),
        (SOUND.replace("[3, 5]", "[]"), "or a list of as many; got []"),
        (SOUND.replace("[3, 5]", "[3, 3]"), "seeds must not repeat; got 3"),
        (SOUND.replace('["karate"', '["karate", "karate"'), "datasets must not repeat; got 'karate'"),
        (SOUND.replace('["karate"', '[1, "karate"'), "datasets.0 should be a valid string; got 1"),
        (SOUND.replace('["k-means"', '["kmeans"'), "no method is named 'kmeans' (did you mean k-means"),
        (SOUND.replace('["k-means"', '["k-means@best"'), "k-means has no recipe 'best'; choose among default"),
        (SOUND.replace('["k-means"', '["k-means@"'), "k-means has no recipe ''; choose among default"),
        (SOUND.replace("[params.k-means]", '[params."k-means@usps"]'), "belongs to nothing in the suite"),
        (SOUND.replace("[params.k-means]", "[params.scgc-star]"), "belongs to nothing in the suite"),
        (SOUND.replace("[data.planted-partition]", "[data.digits]"), "belongs to nothing in the suite"),
        (SOUND + "[[variants.scgc]]", "[variants.scgc] belongs to nothing in the suite"),
        (SOUND + "[variants.k-means]\nn_init = 3", "variants.k-means should be a valid list; got {'n_init': 3}"),
    ],
)
def test_errors_name_the_file_the_key_and_the_choices(suite_file, text, message):
    path = suite_file(text)
    with pytest.raises(ValueError, match=r"suite\.toml[:,] ") as caught:
        read_suite(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"datasets": ["kareta"]}, "no dataset is named 'kareta'"),
        ({"data": {"karate": {"k": 3}}}, "unknown parameter 'k'"),
        ({"params": {"k-means": {"n_int": 3}}}, "no parameter 'n_int'"),
        ({"params": {"k-means": {"n_init": "3"}}}, "n_init must be a valid integer; got '3'"),
        (
            {"params": {"k-means": {"seed": 3}}},
            "k-means: the seed is no parameter here; use --seed",
        ),
        ({"variants": {"k-means": [{"n_int": 3}]}}, "no parameter 'n_int'"),
        ({"variants": {"k-means": [{"seed": 3}]}}, "or seeds in a suite"),
    ],
)
def test_a_plan_is_checked_before_anything_runs(change, message):
    suite = Suite(**{"name": "tiny", "seeds": [0], "methods": ["k-means"], "datasets": ["karate"], **change})
    with pytest.raises(ValueError, match=message):
        expand(suite)

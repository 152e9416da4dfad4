from types import SimpleNamespace

from graphcl.bench.ogb.hyper_parameters import fixed_text, tuned_text
from graphcl.bench.ogb.protocols import OgbProtocol


def records(*metrics, **params):
    return [SimpleNamespace(metrics=each, params=params) for each in metrics]


def test_chosen_settings_are_marked():
    two = records({"chosen/probe_weight_decay": 0.1}, {"chosen/probe_weight_decay": 0.001}, lr=0.01, out=None)
    expected = "lr: [0.001, 0.01*], probe_weight_decay: [0.1* (1 seed), 0.01, 0.001* (1 seed), 0.0001, 1e-05]"
    assert tuned_text(two, OgbProtocol("linear"), {"lr": [0.001, 0.01]}) == expected
    links = records({"chosen/decoder": 1.0, "chosen/decoder_penalty": 1.0}, {"chosen/decoder": 0.0})
    assert tuned_text(links, OgbProtocol("links"), {}).startswith("decoder: [dot* (1 seed), mlp* (1 seed)], ")
    forest = records({})
    assert tuned_text(forest, OgbProtocol("forest"), {}) == "none"


def test_what_was_not_tuned():
    one = records({}, lr=0.01, epochs=3, device="auto", out=None, rates=[0.1, 0.2])
    assert fixed_text(one, {"lr": [0.01]}) == "epochs: 3, rates: [0.1, 0.2]"

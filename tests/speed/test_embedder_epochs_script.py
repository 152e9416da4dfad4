"""Epochs of embedders beside their authors' steps: losses are the library's, and the comparison is as it says."""

import sys
from pathlib import Path

import pytest
import torch

from graphcl.datasets import load
from graphcl.methods import get
from graphcl.objectives import bootstrap_cosine, cca_ssg, scaled_cosine_error

SPEED = Path(__file__).parents[2] / "benchmarks" / "speed"
SMALL = {
    "bgrl": {"hidden_channels": 6, "out_channels": 4, "predictor_channels": 5, "warmup": 0.0, "lr": 1e-2},
    "cca-ssg": {"hidden_channels": 6, "out_channels": 4},
    "graph-mae": {"hidden_channels": 8, "out_channels": 8, "heads": 2, "replace_rate": 0.2},
    "mvgrl": {"out_channels": 6},
}


@pytest.fixture(autouse=True)
def _scripts(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(SPEED), *sys.path])
    monkeypatch.setattr(torch, "set_num_threads", lambda _: None)


def test_the_reenacted_losses_are_those_of_the_library():
    import authors_embedders as authors

    a, b, c, d = torch.randn(4, 9, 5, dtype=torch.float64)
    theirs = authors.bootstrap_loss(a, b, c, d)
    torch.testing.assert_close(theirs, bootstrap_cosine(a, d) + bootstrap_cosine(b, c))
    torch.testing.assert_close(
        authors.correlation_loss(a, b, 1e-2), cca_ssg(a, b, decorrelation_weight=1e-2), check_dtype=False
    )
    torch.testing.assert_close(authors.scaled_cosine(a, b, 3.0), scaled_cosine_error(a, b, alpha=3.0))


@pytest.mark.filterwarnings("ignore:Sparse")  # PyG makes CSR without a word on checks, and it is a beta
@pytest.mark.parametrize("method", SMALL)
def test_the_reenacted_steps_train_and_layouts_agree(method):
    import authors_embedders as authors

    model = get(method).from_recipe("default", epochs=5, **SMALL[method])
    found = {}
    for layout in ("edges", "csr"):
        torch.manual_seed(0)
        step = authors.STEPS[method](load("karate").graph, model, layout)
        found[layout] = [step().item() for _ in range(3)]
    assert len(set(found["edges"])) == 3
    assert found["csr"] == pytest.approx(found["edges"], rel=1e-3)


def test_masked_rows_have_the_token_or_the_row_of_another_node():
    import authors_embedders as authors

    x = torch.arange(1, 41.0)[:, None]
    out, hidden = authors.masked(x, torch.full((1, 1), 99.0), 0.5, 0.1)
    changed = out[hidden, 0]
    assert len(hidden) == 20
    assert (changed == 99).sum() == 18
    assert torch.isin(changed[changed != 99], x).all()


def test_the_parts_agree_with_the_plain_way():
    import embedder_parts

    mine, other = (work("karate")() for work in (embedder_parts.our_attention, embedder_parts.their_attention))
    assert mine["figure"] == pytest.approx(other["figure"], rel=1e-4)
    ways = embedder_parts.our_diffusion, embedder_parts.their_diffusion
    mine, other = (work("karate", columns=10)() for work in ways)
    assert mine["figure"] == pytest.approx(other["figure"], rel=1e-3)
    assert 9 < mine["figure"] < 11


@pytest.mark.filterwarnings("ignore:Sparse")
def test_dense_products_are_counted_forwards_and_backwards():
    from dense_products import DenseProducts, rate

    x, layer = torch.ones(7, 3, requires_grad=True), torch.nn.Linear(3, 5)
    with DenseProducts() as products:
        layer(x).sum().backward()
        torch.eye(7).to_sparse_csr() @ x.detach()
    assert products() == 3 * 2 * 7 * 3 * 5
    assert rate(8)() > 0


def test_the_faster_layout_is_compared_pair_by_pair(monkeypatch):
    import embedder_epochs

    seconds = iter([9.0, 4.0, 1.0, 4.0, 3.0, 4.0, 1.5, 2.0, 5e9])
    asked = []

    def value(work, **settings):
        asked.append((work.__name__, settings.get("layout")))
        return {"epoch": next(seconds), "peak_mb": 5.0}

    monkeypatch.setattr(embedder_epochs, "value", value)
    row = embedder_epochs.compared("bgrl", 2, 3, speed=5e9)
    assert asked == [
        ("theirs", "edges"),
        ("theirs", "csr"),
        *[("ours", None), ("theirs", "csr")] * 3,
        ("ours", None),
    ]
    assert (row["least_ratio"], row["ratio"], row["greatest_ratio"]) == (0.25, 0.75, 0.75)
    assert (row["layout"], row["ours_cpu_seconds"], row["roofline_seconds"]) == ("csr", 1.5, 1.0)
    found = embedder_epochs.verdict(row)
    assert found.startswith("0.75 (0.25 to 0.75); 0.17 of theirs on edges")
    assert "dense products alone take 1.00 s, 67% of the epoch and 25% of theirs" in found


def test_our_side_is_the_estimator_s_training(monkeypatch):
    import embedder_epochs

    graph = load("karate").graph
    graph.x = torch.rand(34, 34)  # features of few entries would become sparse
    monkeypatch.setattr(embedder_epochs, "photo", lambda: graph)
    assert embedder_epochs.ours("mvgrl", 2)()["epoch"] > 0 < embedder_epochs.theirs("mvgrl", 1, "edges")()["epoch"]
    width, n = 34, 34
    # with W four products, of either view and either features, and as many for its gradient
    assert embedder_epochs.ours("mvgrl", 1, counting=True)()["epoch"] >= 8 * 2 * n * width * 512

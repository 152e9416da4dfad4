"""D-SLA as an estimator: it learns its claim, has the published weights and settings, and refuses other graphs."""

import re

import pytest
import torch
from torch_geometric.data import Data

from graphcl import DSLA, METHODS, load
from graphcl.datasets import GraphCollection
from graphcl.encoders import MoleculeGIN
from graphcl.methods.bases.domains import DOMAINS
from graphcl.methods.bases.dsla_module import DiscrepancyModule, score_network
from graphcl.objectives import edit_discrepancy
from graphcl.training import Runtime, Step
from tests.augment.candidates import random_graph

SMALL = {"channels": 16, "batch_size": 32, "device": "cpu"}


def molecules(count: int = 60, seed: int = 0) -> list[Data]:
    generator = torch.Generator().manual_seed(seed)
    sizes = torch.randint(8, 20, (count,), generator=generator).tolist()
    return [random_graph(generator, n, 0.15) for n in sizes]


def built(**settings) -> DiscrepancyModule:
    method = DSLA(**SMALL, **settings)
    method.categories_ = 7
    return method._build(Data())


def test_it_learns_to_tell_and_to_order_graphs_that_it_has_not_seen():
    """The claim: distances follow edits; originals are told; nothing collapses."""
    start = DSLA(**SMALL, epochs=0).fit(molecules())
    model = DSLA(**SMALL, epochs=30, lr=1e-2).fit(molecules())
    before, after = (m.diagnose(molecules(seed=1)) for m in (start, model))
    assert after["accuracy"] > max(before["accuracy"], 0.4)
    assert after["discrimination"] < before["discrimination"]
    assert after["spearman"] > 0.6
    assert after["distance"] > 0.1
    assert after["apart"] > after["distance"] / 4
    assert model.history_[-1]["loss"] < model.history_[0]["loss"]


def test_the_loss_is_the_sum_of_the_losses_without_the_figures():
    row = DSLA(**SMALL, epochs=1).fit(molecules(20)).history_[0]
    assert row["loss"] == pytest.approx(row["discrimination"] + row["edits"] + row["margin"])
    assert {"accuracy", "spearman", "distance", "apart"} <= set(row)


def test_what_each_domain_trains():
    """Published weights and budgets; twice the edits weigh four times, half as many a quarter."""
    assert [built(domain=name).edit_weight for name in DOMAINS] == pytest.approx([2.8, 0.7, 0.175])
    assert [built(domain=name, mode="reference").edit_weight for name in DOMAINS] == pytest.approx([0.7] * 3)
    assert [built(domain=name).margin for name in DOMAINS] == [5.0, 10.0, 0.0]
    assert [built(domain=name).margin_weight for name in DOMAINS] == [0.5, 0.5, 0.0]
    assert built(domain="social", margin=3.0).margin_weight == 0.5
    schemes = [built(domain=name).candidates.scheme for name in DOMAINS]
    assert [scheme.total for scheme in schemes] == [5, 5, 4]
    assert [scheme.mask for scheme in schemes] == [0.8, 0.0, 0.2]
    assert [scheme.counted for scheme in schemes] == [2, 2, 2]
    references = [built(domain=name, mode="reference").candidates.scheme for name in DOMAINS]
    assert [scheme.counted for scheme in references] == [1, 2, 2]
    assert sum(p.numel() for p in score_network(300).parameters()) == 180_901


def test_losses_that_weigh_nothing_are_left_out():
    row = DSLA(**SMALL, epochs=1, edit_weight=0.0, margin_weight=0.0).fit(molecules(8)).history_[0]
    assert row["loss"] == row["discrimination"]
    assert not {"edits", "margin"} & set(row)


def test_one_graph_one_atom_salts_and_no_bonds():
    atom = Data(
        x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long()
    )
    bond = torch.tensor([[0, 1], [1, 0]])
    salt = Data(x=torch.zeros(3, 2).long(), edge_index=bond, edge_attr=torch.zeros(2, 2).long())
    for mode in ("exact", "reference"):
        for graphs in ([atom], [salt], [atom, salt, atom], [atom] * 5):
            model = DSLA(**SMALL, epochs=2, mode=mode).fit(graphs)
            assert torch.isfinite(model.embedding_).all()
            assert all(torch.isfinite(torch.tensor(row["loss"])) for row in model.history_)


def test_published_weights_load_and_trained_ones_leave():
    model = DSLA(**SMALL, epochs=1).fit(molecules(8))
    other = MoleculeGIN(16)
    other.load_state_dict(model.encoder_.state_dict())
    batch = GraphCollection.of(molecules(3)).batch([0, 1, 2])
    batch.seeds = 3
    rows = other.eval()(batch.x, batch.edge_index, batch.edge_attr)
    torch.testing.assert_close(
        rows.new_zeros(3, 16).index_add(0, batch.batch, rows) / batch.ptr.diff()[:, None],
        model.module_.embed(batch),
    )
    with pytest.raises(AttributeError, match="this DSLA is not fitted yet; call fit first"):
        _ = DSLA().encoder_


def test_candidates_come_from_the_steps_generator():
    module = built()
    batch = GraphCollection.of(molecules(6)).batch(range(6))
    runtime = Runtime.launch("cpu")
    steps = [Step("pretrain", 0, index, runtime.generator("step", index)) for index in (0, 0, 1)]
    first, again, other = (module.train()(batch, step)["discrimination"].item() for step in steps)
    assert first == again != other


def test_save_and_load_by_name(tmp_path):
    model = DSLA(domain="social", **SMALL, epochs=1).fit(social())
    model.save(tmp_path / "model.pt")
    loaded = load(tmp_path / "model.pt")
    assert type(loaded) is METHODS["dsla"]
    assert loaded.categories_ == model.categories_
    assert torch.equal(loaded.transform(social()), model.embedding_)


def social() -> list[Data]:
    degree = [torch.bincount(g.edge_index[0], minlength=g.num_nodes)[:, None] for g in molecules(10)]
    return [Data(x=x, edge_index=g.edge_index) for x, g in zip(degree, molecules(10), strict=True)]


ONE = molecules(1)[0]


def test_groups_without_a_margin_are_refused():
    """Social graphs have none unless one is set; a group that nothing reads would be silent."""
    message = (
        r"negatives='distinct' groups graphs for the margin; got margin=.* and margin_weight=.* which is none"
    )
    for settings in ({"domain": "social"}, {"margin_weight": 0.0}, {"domain": "social", "margin_weight": 0.0}):
        with pytest.raises(ValueError, match=message):
            built(**settings, negatives="distinct")
    assert built(domain="social", negatives="all").grouping is None
    assert built(domain="social", negatives="distinct", margin=2.0).grouping is not None


@pytest.mark.parametrize(
    ("domain", "change", "message"),
    [
        ("molecule", {"x": ONE.x + 117}, "x[:, 0] must lie below 118 in the domain 'molecule'; got 119"),
        ("molecule", {"x": ONE.x[:, :1]}, "x must have 2 columns in the domain 'molecule'; got 1"),
        ("molecule", {"x": ONE.x.float()}, "x must hold categories, which are integers; got torch.float32"),
        ("molecule", {"edge_attr": ONE.edge_attr + 4}, "edge_attr[:, 0] must lie below 4"),
        ("molecule", {"edge_attr": None}, "graphs of the domain 'molecule' must have edge_attr; got none"),
        ("molecule", {"edge_index": ONE.edge_index[:, 1:], "edge_attr": ONE.edge_attr[1:]}, "in both directions"),
        ("protein", {"x": ONE.x[:, :1] * 0 + 1}, "edge_attr must have 9 columns in the domain 'protein'; got 2"),
        ("social", {"x": ONE.x[:, :1]}, "edge_attr is not used in the domain 'social'; remove it first"),
        ("social", {"edge_attr": None}, "x must have one column in the domain 'social'; got 2"),
    ],
)
def test_other_graphs_are_refused(domain, change, message):
    parts = {**ONE.to_dict(), **change}
    with pytest.raises(ValueError, match=re.escape(message)):
        DSLA(domain=domain, **SMALL).fit([Data(**{k: v for k, v in parts.items() if v is not None})])


def test_a_category_that_fit_did_not_see_is_refused():
    model = DSLA(domain="social", **SMALL, epochs=0).fit(social())
    with pytest.raises(ValueError, match=rf"must lie below {model.categories_} in the domain 'social'; got 99"):
        model.transform([Data(x=torch.full((2, 1), 99), edge_index=torch.tensor([[0, 1], [1, 0]]))])


def test_the_published_settings():
    assert DSLA.from_recipe("default").get_params()["edit_weight"] == 0.7
    for name, rate in (("collab", 0.001), ("imdb-binary", 0.01), ("imdb-multi", 0.01)):
        method = DSLA.from_recipe(name)
        assert (method.domain, method.rate, method._stages()[0].batch_size, method.epochs) == (
            "social",
            rate,
            32,
            100,
        )


def test_a_mask_that_no_encoder_has_is_refused():
    with pytest.raises(
        ValueError, match=r"mask must be 0 in the domain 'protein', whose encoder has no mask; got 0.5"
    ):
        built(domain="protein", mask=0.5)


@pytest.mark.parametrize("domain", ["molecule", "protein", "social"])
def test_in_mode_exact_the_loss_on_edits_is_as_large_as_in_the_published_one(domain):
    """As many edges of a large graph exchanged: the published number of edits, or ours and its weight."""
    own = DOMAINS[domain]
    exchanged = 100
    published = own.scheme("reference", 0.1, 0.0)
    counted = exchanged * published.counted * (2 if published.directed else 1)
    exact = exchanged * own.scheme("exact", 0.1, 0.0).counted
    distances = torch.tensor([[[0.0], [5.0], [9.0]]])
    times = torch.tensor([[0, 1, 2]])
    as_published = edit_discrepancy(distances, times * counted)
    ours = own.edit_scale("exact") * edit_discrepancy(distances, times * exact)
    torch.testing.assert_close(ours, as_published)
    assert own.edit_scale("reference") == 1


def test_complete_graphs_teach_nothing_and_harm_nothing():
    def complete(n):
        edge_index = (1 - torch.eye(n)).nonzero().T
        return Data(x=torch.full((n, 1), n), edge_index=edge_index)

    model = DSLA(domain="social", channels=8, epochs=2, device="cpu").fit([complete(n) for n in range(3, 9)])
    for row in model.history_:
        assert row["discrimination"] == row["edits"] == row["accuracy"] == row["distance"] == 0


def test_the_batch_is_as_large_as_the_domain_has_it():
    sizes = {name: DSLA(domain=name)._stages()[0].batch_size for name in ("molecule", "protein", "social")}
    assert sizes == {"molecule": 256, "protein": 128, "social": 32}
    assert DSLA(domain="social", batch_size=7)._stages()[0].batch_size == 7

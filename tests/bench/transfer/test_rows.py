"""Which rows a transfer table has, what each of them is trained on, and the table itself."""

import torch

import graphcl
from graphcl.bench.transfer import rows as rows_module
from graphcl.bench.transfer.rows import Transfer, baseline_rows, model_rows, untrained, untrained_rows
from graphcl.bench.transfer.table import transfer_grid, transfer_notes
from graphcl.datasets.files.texts import Texts
from graphcl.evaluation import FineTuning, TransferRun, TransferScores
from tests.labelled_molecules import labelled

SETTINGS = FineTuning(epochs=1, dropout=0.0, device="cpu")
TURNED = {"train": torch.arange(20, 40), "val": torch.arange(10), "test": torch.arange(10, 20)}


def experiment(*splits, **changes):
    dataset = labelled(**changes)
    splits = splits or (dataset.splits,) * 2
    return Transfer(dataset=dataset, seeds=range(len(splits)), splits=splits, settings=SETTINGS)


def method(**changes):
    return graphcl.AttrMasking(**{"channels": 4, "num_layers": 1, "epochs": 1, "device": "cpu", **changes})


def test_a_method_is_pretrained_on_the_training_graphs_alone_once_for_each_split(monkeypatch):
    seen = []

    def fit(self, graphs, *args, **options):
        assert graphs.y is None or not self.epochs or len(graphs) == 20
        seen.append((self.seed, len(graphs), int(graphs.node_ptr[-1])))
        return plain(self, graphs, *args, **options)

    plain = graphcl.AttrMasking.fit
    monkeypatch.setattr(graphcl.AttrMasking, "fit", fit)
    same = labelled().splits
    names = [name for name, _ in model_rows(experiment(same, same, TURNED), method())]
    assert names == ["finetuned", "frozen"]
    sizes = [int(labelled().graphs.select(split["train"]).node_ptr[-1]) for split in (same, TURNED)]
    assert seen == [(0, 20, sizes[0]), (2, 20, sizes[1])]


def test_a_fitted_model_is_not_fitted_again(monkeypatch):
    fitted = method().fit(labelled().graphs)
    monkeypatch.setattr(graphcl.AttrMasking, "fit", None)
    rows = dict(model_rows(experiment(), fitted))
    assert rows["frozen"].std == 0.0
    assert rows["finetuned"].runs[0].history[0]["epoch"] == 1


def test_untrained_weights_depend_on_the_seed_and_not_on_the_model():
    graphs = labelled().graphs
    one, again, other = (untrained(method(epochs=3), graphs, seed) for seed in (0, 0, 1))
    trained = untrained(method(epochs=3).fit(graphs), graphs, 0)
    assert torch.equal(one.embedding_, again.embedding_)
    assert torch.equal(one.embedding_, trained.embedding_)
    assert not torch.equal(one.embedding_, other.embedding_)
    assert [name for name, _ in untrained_rows(experiment(), method())] == ["from-scratch", "untrained-frozen"]


def test_fingerprints_are_of_the_molecules_of_the_graphs(monkeypatch):
    seen = []
    rings = ["CCC", "OCC", "unreadable"] + ["CCC", "OCC"] * 19
    monkeypatch.setattr(rows_module, "morgan_fingerprints", lambda smiles: seen.extend(smiles) or torch.eye(40))
    rows = torch.tensor([0, 1, *range(3, 41)])
    found = dict(baseline_rows(experiment(smiles=Texts.of(rings), rows=rows)))
    assert list(found) == ["morgan+linear", "morgan+random-forest", "node-means+linear"]
    assert seen == ["CCC", "OCC"] * 20
    assert found["node-means+linear"].mean == 1.0
    assert list(dict(baseline_rows(experiment()))) == ["node-means+linear"]


def scores(*values, metric="roc-auc", last=None, unscored=()):
    return TransferScores(
        metric,
        tuple(
            TransferRun(seed, 0.5, value, {}, {"test": tuple(unscored)}, {}, 2.0, torch.zeros(0, 1), last, last)
            for seed, value in enumerate(values)
        ),
    )


def test_the_table_has_every_seed_the_last_epoch_and_paired_differences():
    rows = {"finetuned": scores(0.7, 0.8, last=0.6), "morgan+linear": scores(0.9, 0.9)}
    grid = transfer_grid("bbbp", rows)
    assert grid.headings[1] == "test ROC-AUC %"
    assert grid.headings[5] == "minus finetuned"
    assert grid.rows[0] == ["finetuned", "75.0 ± 7.1", "70.0 80.0", "60.0 ± 0.0", "50.0 ± 0.0", "", "2.0"]
    assert grid.rows[1] == [
        "morgan+linear",
        "90.0 ± 0.0",
        "90.0 90.0",
        "-",
        "50.0 ± 0.0",
        "+15.0 ± 5.0 (p 0.50)",
        "2.0",
    ]
    regression = transfer_grid("esol", {"a": scores(1.25, metric="rmse"), "b": scores(1.0, metric="rmse")})
    assert regression.headings[1] == "test RMSE"
    assert [row[1] for row in regression.rows] == ["1.250", "1.000"]
    assert regression.rows[1][5] == "-0.250"


def test_the_notes_say_what_was_left_out():
    notes = "\n".join(transfer_notes({"a": scores(0.5, 0.6, unscored=["t1"]), "b": scores(0.5, 0.5)}))
    assert "test labels selected nothing" in notes
    assert "below 6 seeds p cannot be below 0.05" in notes
    assert "± 0: a linear model" in notes
    assert "left out of the test score, for lack of both classes in some seed's split: t1" in notes
    many = "\n".join(transfer_notes({"a": scores(*[0.1 * i for i in range(7)])}))
    assert "below 6 seeds" not in many
    assert "± 0" not in many

"""SCGC on batches: rows of positives computed in the step, or stored at the start of the epoch."""

import pytest
import torch

from graphcl import SCGCStar
from graphcl.training import Checkpoint, Interrupted
from tests.easy import planted

SMALL = {"n_clusters": 3, "hidden_channels": (16,), "out_channels": 4, "pretrain_epochs": 2, "n_init": 2}


def model(**options) -> SCGCStar:
    return SCGCStar(**{"epochs": 3, "batch_size": 40, **SMALL, **options})


def contrasts(fitted) -> list[float]:
    return [row["contrast"] for row in fitted.history_ if row["stage"] == "cluster"]


def test_stored_rows_are_the_default_and_differ_from_current_ones():
    default, stored, current = (model(positive_rows=rows).fit(planted()) for rows in (None, "stored", "current"))
    assert torch.equal(default.embedding_, stored.embedding_)
    assert not torch.equal(stored.embedding_, current.embedding_)
    assert contrasts(stored) == pytest.approx(contrasts(current), abs=0.05), "it is the same loss"
    assert contrasts(stored)[-1] < contrasts(stored)[0]


def test_with_one_batch_an_epoch_stored_rows_are_the_current_ones():
    """The first loss is the same then: nothing has been trained since they were stored."""
    first, second = (
        model(batch_size=150, epochs=1, positive_rows=rows).fit(planted()) for rows in ("stored", "current")
    )
    assert contrasts(first) == pytest.approx(contrasts(second), abs=0.02), "the draws of walks are others"


def test_they_are_forgotten_after_the_last_step():
    fitted = model().fit(planted())
    assert fitted.module_.stored.rows.numel() == 0


def test_a_training_interrupted_within_an_epoch_goes_on_with_the_rows_it_had(tmp_path):
    whole = model().fit(planted())
    checkpoint = Checkpoint(tmp_path / "state", every=0)

    def stop(report):
        checkpoint.stop = report.done >= 3  # in the next step, the first of an epoch

    with pytest.raises(Interrupted):
        model().fit(planted(), callbacks=[stop], checkpoint=checkpoint)
    resumed = model().fit(planted(), checkpoint=Checkpoint(tmp_path / "state", every=0))
    assert torch.equal(resumed.embedding_, whole.embedding_)
    assert resumed.history_ == whole.history_


def test_it_is_read_with_batches_alone():
    with pytest.raises(ValueError, match="positive_rows is read with batch_size alone; got 'stored'"):
        model(batch_size=None, positive_rows="stored").fit(planted())

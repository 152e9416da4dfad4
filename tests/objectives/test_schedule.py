"""gCooL's loss weights over the epochs: start, end and peak."""

import pytest

from graphcl.objectives import communal_weights


def test_start_end_and_peak():
    assert communal_weights(0, stride=500) == (1.0, 1.0)
    assert [communal_weights(epoch, stride=500).alpha for epoch in (50, 100, 101, 2900)] == [0.5, 0.0, 0.0, 0.0]
    contrast = [w.alpha * (1 - w.share) for w in (communal_weights(epoch, stride=1000) for epoch in range(300))]
    peak = max(range(300), key=contrast.__getitem__)
    assert contrast[0] == contrast[200] == 0.0
    assert abs(peak - 97.6) < 1
    assert max(contrast) == pytest.approx(0.0476, abs=5e-5)


def test_the_phase_ends_in_the_epoch_that_it_says():
    """0.2 * 15 is 3.0000000000000004, and epoch 3 is the fourth."""
    assert [communal_weights(epoch, stride=15).alpha > 0 for epoch in range(5)] == [True, True, True, False, False]


def test_rate_scales_the_phase():
    assert communal_weights(100, stride=500, rate=0.4).alpha == 0.5
    assert communal_weights(100, stride=500, rate=0.4).share == communal_weights(100, stride=500).share


@pytest.mark.parametrize("bad", [{"epoch": -1}, {"stride": 0}, {"rate": 0.0}, {"rate": -1.0}])
def test_numbers_that_make_no_schedule(bad):
    with pytest.raises(
        ValueError, match="epoch must be at least 0, stride at least 1 and rate positive; got epoch"
    ):
        communal_weights(**{"epoch": 3, "stride": 5, **bad})

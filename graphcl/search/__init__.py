"""Search for hyper-parameters, scored without labels by default; needs the extra `tune` (Optuna)."""

from graphcl.search.ranges import Choices, Interval, check_ranges, documented_ranges, range_of
from graphcl.search.scoring import CRITERIA
from graphcl.search.trial import Study, Trial
from graphcl.search.trials_file import read_trials
from graphcl.search.tuning import Tuning, tune

__all__ = [
    "CRITERIA",
    "Choices",
    "Interval",
    "Study",
    "Trial",
    "Tuning",
    "check_ranges",
    "documented_ranges",
    "range_of",
    "read_trials",
    "tune",
]

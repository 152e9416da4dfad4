"""Draws of hyper-parameters by Optuna's tree-structured Parzen estimator (TPE), in memory."""

import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from graphcl.search.ranges import Interval, Range
from graphcl.search.trial import Study, Trial


def optuna() -> ModuleType:
    """Optuna, silenced.

    Raises:
        ImportError: it is not installed.
    """
    try:
        import optuna as package
    except ModuleNotFoundError as error:
        raise ImportError("graphcl tune needs Optuna; pip install 'graphcl[tune]'") from error
    package.logging.set_verbosity(package.logging.ERROR)
    silenced: ModuleType = package
    return silenced


def next_params(
    study: Study, ranges: Mapping[str, Range], trials: Sequence[Trial], *, maximise: bool
) -> dict[str, Any]:
    """The hyper-parameters of the next trial, a function of the study and the trials before it alone.

    Args:
        study: what is searched.
        ranges: by hyper-parameter.
        trials: finished; failed ones teach nothing.
        maximise: whether more is better.
    """
    package = optuna()
    distributions = {name: _distribution(package, values) for name, values in ranges.items()}
    sampler = package.samplers.TPESampler(seed=study.generator_seed(len(trials)))
    search = package.create_study(direction="maximize" if maximise else "minimize", sampler=sampler)
    for trial in trials:
        state = package.trial.TrialState.FAIL if trial.value is None else package.trial.TrialState.COMPLETE
        params = {name: _to_optuna(ranges[name], value) for name, value in trial.params.items()}
        search.add_trial(
            package.trial.create_trial(state=state, value=trial.value, params=params, distributions=distributions)
        )
    drawn = search.ask(distributions).params
    return {name: _from_optuna(ranges[name], drawn[name]) for name in ranges}


def _distribution(package: ModuleType, values: Range) -> Any:
    if not isinstance(values, Interval):
        return package.distributions.CategoricalDistribution([json.dumps(value) for value in values.values])
    kind = package.distributions.IntDistribution if values.integers else package.distributions.FloatDistribution
    return kind(values.low, values.high, log=values.log)


def _to_optuna(values: Range, value: Any) -> Any:
    return value if isinstance(values, Interval) else json.dumps(value)


def _from_optuna(values: Range, value: Any) -> Any:
    return value if isinstance(values, Interval) else json.loads(value)

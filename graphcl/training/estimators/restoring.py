"""Checks of what a file says that `fit` learned, before an estimator takes it over."""

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor

from graphcl.training.estimators.left_out import check_left_out
from graphcl.training.method import Method
from graphcl.training.states import state_problem, tensor_is_sound
from graphcl.validation import check_parameters

if TYPE_CHECKING:
    from graphcl.training.estimators.estimator import GraphEstimator

_APART = ("module_", "params_", "left_out_", "card_")
"""Attributes of a fitted estimator for which a file has places of their own."""

Restored = TypeVar("Restored", bound="GraphEstimator")


def restored(cls: type[Restored], content: Mapping[str, Any], params: Mapping[str, Any]) -> Restored:
    """A fitted estimator from the content of a file, all of which is checked.

    Args:
        cls: the class of the method.
        content: as `read_saved` gives it.
        params: its hyper-parameters, with the objects that the file does not hold.

    Raises:
        Exception: of many kinds, if `fit` of this class could not have left the content.
    """
    from graphcl.training.estimators.estimator import GraphEstimator

    estimator = cls(**params)
    check_parameters(estimator)
    check_left_out(estimator, content["left_out"], content["fitted"])
    check_fitted(estimator, content["fitted"], content["left_out"])
    estimator.params_ = content["params"]
    estimator.card_ = content["card"]
    for name, value in content["fitted"].items():
        setattr(estimator, name, value)
    if content["left_out"]:
        estimator.left_out_ = tuple(content["left_out"])
    estimator._check_restored()
    if cls._build is not GraphEstimator._build:  # noqa: SLF001
        estimator.module_ = restored_module(estimator, content["state"])
    elif content["state"] is not None:
        raise ValueError("it has weights, and the method has none")
    return estimator


def check_fitted(estimator: "GraphEstimator", fitted: Mapping[str, Any], left_out: Collection[str] = ()) -> None:
    """Refuse what `fit` of this estimator could not have left, such as a name that is a function of it.

    Args:
        estimator: with its hyper-parameters.
        fitted: attribute -> value, as the file has it.
        left_out: names that the file says it leaves out.

    Raises:
        ValueError: the message says which, and what is wrong with it.
    """
    cls = type(estimator)
    for name, value in fitted.items():
        if not re.fullmatch(r"[A-Za-z]\w*_", name) or hasattr(cls, name) or name in _APART:
            raise ValueError(f"{name!r} is nothing that fit of {cls.__name__} sets")
        if isinstance(value, Tensor) and value.layout == torch.strided and not tensor_is_sound(value):
            raise ValueError(f"{name} is NaN or infinite")
    for name in estimator._fitted_names():  # noqa: SLF001  (a hook of the class that is restored)
        if name not in fitted and name not in left_out and not hasattr(cls, name):
            raise ValueError(f"{name} is missing")
    width = fitted["n_features_in_"]
    if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width < 2**31:
        raise ValueError(f"n_features_in_ must be the number of columns of x; got {width!r}")
    for name in ("history_", "stages_"):
        rows = fitted[name]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{name} must be a list of dicts")
    _check_rows(fitted)


def restored_module(estimator: "GraphEstimator", state: Any) -> Method:
    """The module of an estimator with a state from a file.

    It is first built without memory, on the meta device, so that a file with the shapes of a huge network is
    refused before one is made.

    Raises:
        ValueError: the state does not fit the hyper-parameters.
    """
    with torch.device("meta"):
        expected = estimator._new_module(estimator._blank()).state_dict()  # noqa: SLF001
    if problem := state_problem(state, expected):
        raise ValueError(f"the weights do not fit the hyper-parameters: {problem}")
    module = estimator._new_module(estimator._blank())  # noqa: SLF001
    module.load_state_dict(state)
    return module.eval()


def _check_rows(fitted: Mapping[str, Any]) -> None:
    """Embedding, clusters and centres: their kinds and shapes, and that they belong together."""
    z, labels, centres = (fitted.get(name) for name in ("embedding_", "labels_", "cluster_centers_"))
    if z is not None and not _is_matrix(z):
        raise ValueError(f"embedding_ must be a matrix of floats; got {_told(z)}")
    if labels is not None:
        if not isinstance(labels, Tensor) or labels.dtype != torch.int64 or labels.dim() != 1:
            raise ValueError(f"labels_ must be one integer per row; got {_told(labels)}")
        if z is not None and len(labels) != len(z):
            raise ValueError(f"labels_ must be as many as the rows of embedding_; got {len(labels)} for {len(z)}")
    if centres is not None and not (_is_matrix(centres) and len(centres)):
        raise ValueError(f"cluster_centers_ must be a matrix of floats, one row a cluster; got {_told(centres)}")
    if centres is not None and z is not None and centres.size(1) != z.size(1):
        raise ValueError(f"cluster_centers_ must have the {z.size(1)} columns of embedding_; got {_told(centres)}")


def _is_matrix(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point() and value.dim() == 2


def _told(value: Any) -> str:
    return f"shape {list(value.shape)}" if isinstance(value, Tensor) else type(value).__name__

"""Attributes with a row for each node, or graph, that `fit` saw: left out of files unless asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphcl.training.estimators.estimator import GraphEstimator


def split_rows(
    estimator: "GraphEstimator", fitted: dict[str, Any], *, rows: bool
) -> tuple[dict[str, Any], list[str]]:
    """What of the fitted attributes a file is to hold, and the names of those that it leaves out.

    Args:
        estimator: whose class says which attributes are as long as the data.
        fitted: attribute -> value.
        rows: whether these are to be written too.

    Raises:
        ValueError: they are to be written, and the estimator was loaded without them.
    """
    gone = list(left_out(estimator))
    if rows and gone:
        raise ValueError(
            f"{' and '.join(gone)} cannot be written: the file that this {type(estimator).__name__} was loaded "
            "from does not hold them; fit again, or save with rows=False"
        )
    names = [name for name in estimator.row_attributes if name in fitted and not rows]
    return {name: value for name, value in fitted.items() if name not in names}, gone + names


def left_out(estimator: "GraphEstimator") -> tuple[str, ...]:
    """The attributes that the file of a loaded estimator did not hold; none of one that was fitted here.

    Example:
        >>> from graphcl import FeatureKMeans
        >>> left_out(FeatureKMeans(n_clusters=2))
        ()
    """
    names: tuple[str, ...] = vars(estimator).get("left_out_", ())
    return names


def check_left_out(estimator: "GraphEstimator", names: Any, fitted: dict[str, Any]) -> None:
    """Refuse what a file says that it leaves out, if that is no attribute with rows, or there all the same.

    Raises:
        ValueError: the message says which.
    """
    if not isinstance(names, list | tuple):
        raise ValueError(f"left_out must be a list of names; got {type(names).__name__}")  # noqa: TRY004
    for name in names:
        if name not in estimator.row_attributes or name in fitted:
            raise ValueError(f"{name!r} is nothing that {type(estimator).__name__} leaves out")


def missing_rows(estimator: "GraphEstimator", name: str) -> AttributeError:
    """The error for an attribute that the file of a loaded estimator did not hold, with the remedy."""
    computed = {"embedding_": "transform(data) computes it", "labels_": "predict(data) computes them"}
    possible = name in computed and (name != "labels_" or hasattr(estimator, "predict"))
    remedy = f"{computed[name]}, and save(path, rows=True) keeps" if possible else "save(path, rows=True) keeps"
    return AttributeError(
        f"{name} is not in the file that this {type(estimator).__name__} was loaded from; "
        f"{remedy} {'it' if name == 'embedding_' else 'them'}"
    )

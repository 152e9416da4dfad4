"""What a model card says that the estimator itself does not know: the data by name, licence, use and scores."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, Self

from graphcl.training.estimators.objects import is_plain


class NamedData(Protocol):
    """What is read of a dataset, such as those of `graphcl.datasets.load`."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that it was loaded with."""

    @property
    def checksum(self) -> str:
        """sha256 of its content."""


@dataclass(frozen=True, kw_only=True)
class About:
    """Facts for a model card that the estimator itself does not know, for `save(path, about=...)`.

    Args:
        data: name of what the model was trained on.
        parameters: the parameters that the data was loaded with.
        checksum: sha256 of the content of the data.
        origin: where the data comes from.
        licence: of the data.
        intended_use: what the model is for, in plain text; by default what its method is for.
        scores: what it achieved, by name: numbers, or text.
        notes: what else is to be known, in plain text.

    Raises:
        TypeError: a value of another type.

    Example:
        >>> About(data="mine.csv", licence="CC0 1.0", scores={"bbbp roc-auc": 0.68}).facts()
        {'data': 'mine.csv', 'licence': 'CC0 1.0', 'scores': {'bbbp roc-auc': 0.68}}
    """

    data: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    checksum: str = ""
    origin: str = ""
    licence: str = ""
    intended_use: str = ""
    scores: Mapping[str, float | str] = field(default_factory=dict)
    notes: str = ""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            kind = dict if name in ("parameters", "scores") else str
            if not isinstance(value, kind) or not is_plain(value):
                wanted = "a dict of plain values" if kind is dict else "a text"
                raise TypeError(f"{name} of a model card must be {wanted}; got {value!r}")

    @classmethod
    def of(
        cls,
        dataset: NamedData,
        *,
        origin: str = "",
        licence: str = "",
        intended_use: str = "",
        scores: Mapping[str, float | str] | None = None,
    ) -> Self:
        """The facts of a dataset that a model was trained on, with others beside them.

        Args:
            dataset: as `graphcl.datasets.load` gives it.
            origin: where the data comes from.
            licence: of the data.
            intended_use: what the model is for.
            scores: what it achieved.

        Example:
            >>> from graphcl.datasets import load
            >>> About.of(load("karate"), licence="none stated").data
            'karate'
        """
        return cls(
            data=dataset.name,
            parameters=dict(dataset.parameters),
            checksum=dataset.checksum,
            origin=origin,
            licence=licence,
            intended_use=intended_use,
            scores=scores or {},
        )

    def facts(self) -> dict[str, Any]:
        """What was given, as plain values."""
        return {name: value for name, value in asdict(self).items() if value}

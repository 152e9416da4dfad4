"""What users see of every method's class: all parameters documented, few bases."""

import pydoc
from dataclasses import fields

import pytest

from graphcl import METHODS
from graphcl.training.estimators import docstrings
from graphcl.training.estimators.docstrings import parameters_in

every_method = pytest.mark.parametrize("name", METHODS)


@every_method
def test_every_parameter_is_documented_in_the_class_itself(name):
    cls = METHODS[name]
    entries = parameters_in(vars(cls)["__doc__"])
    assert set(entries) == {field.name for field in fields(cls)}
    assert all(len(entry.split(": ", 1)[1].strip()) > 3 for entry in entries.values())


@every_method
def test_help_tells_all(name):
    text = pydoc.render_doc(METHODS[name], renderer=pydoc.plaintext)
    for field in fields(METHODS[name]):
        assert f"{field.name}: " in text.partition("Method resolution order")[0], field.name


@every_method
def test_no_chain_of_our_classes_is_deeper_than_four(name):
    def chain(cls: type) -> list[str]:
        """The longest way up through bases of ours; bases side by side count once."""
        ours = [base for base in cls.__bases__ if base.__module__.startswith("graphcl")]
        return max(([base.__name__, *chain(base)] for base in ours), key=len, default=[])

    assert 0 < len(chain(METHODS[name])) <= 4, chain(METHODS[name])


def test_documented_parameters_are_not_repeated():
    class Base:
        """One.

        Args:
            seed: of all draws.
            lr: of the base.
        """

    class Child(Base):
        """Two.

        Args:
            lr: learning rate.

        Attributes:
            embedding_: (n, d).
        """

    text = docstrings.with_inherited_parameters(Child)
    assert parameters_in(text) == {"lr": "    lr: learning rate.", "seed": "    seed: of all draws."}
    assert text.index("seed: ") < text.index("Attributes:")
    assert docstrings.with_inherited_parameters(Base) == docstrings.cleandoc(Base.__doc__)


def test_a_class_without_parameters_of_its_own_gets_a_section():
    class Base:
        """One.

        Args:
            seed: of all draws.
        """

    class Child(Base):
        """Two.

        Reference: a paper.
        """

    class Bare(Base):
        """Three."""

    for cls in (Child, Bare):
        assert parameters_in(docstrings.with_inherited_parameters(cls)) == {"seed": "    seed: of all draws."}

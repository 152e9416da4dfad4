"""Fixtures for all tests."""

import pytest
from hypothesis import settings

from graphcl.methods.lookup.registry import METHODS

settings.register_profile("graphcl", deadline=None)  # a machine that others use decides no test
settings.load_profile("graphcl")


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """Whatever a test registers is gone after it."""
    monkeypatch.setattr(METHODS, "_added", dict(METHODS._added))

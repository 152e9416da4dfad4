"""Fixtures for all tests."""

import pytest

from graphcl.methods.lookup.registry import METHODS


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    """Whatever a test registers is gone after it."""
    monkeypatch.setattr(METHODS, "_added", dict(METHODS._added))

"""The folder of golden numbers: `GRAPHCL_GOLDEN`, or `../shared/golden` beside the repository if it is there."""

import os
from pathlib import Path

import pytest

BESIDE_THE_REPOSITORY = Path(__file__).parents[2].parent / "shared" / "golden"


@pytest.fixture(scope="session")
def golden() -> Path:
    named = os.environ.get("GRAPHCL_GOLDEN")
    if named:
        assert Path(named).is_dir(), f"GRAPHCL_GOLDEN={named} is not a folder"
        return Path(named)
    if not BESIDE_THE_REPOSITORY.is_dir():
        pytest.skip("no golden numbers: set GRAPHCL_GOLDEN to their folder")
    return BESIDE_THE_REPOSITORY

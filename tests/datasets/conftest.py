"""The folder of real data, if there is one; and no test reads or writes the user's own folders."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
_NAMED = os.environ.get("GRAPHCL_DATA") or (str(_BESIDE) if _BESIDE.is_dir() else "")


@pytest.fixture
def data_root() -> Path:
    """The folder named by GRAPHCL_DATA, else `shared/data` beside the repository."""
    if not _NAMED:
        pytest.skip("no real data: set GRAPHCL_DATA to a folder of raw files")
    return Path(_NAMED)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty cache, and no GRAPHCL_DATA."""
    monkeypatch.delenv("GRAPHCL_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    return tmp_path / "xdg" / "graphcl"

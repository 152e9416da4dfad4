"""The commit that a record was made from."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any


@cache
def git_state() -> dict[str, Any] | None:
    """The commit that graphcl runs from, and whether files differ from it; None outside of a checkout.

    Looked up once in a process, as `graphcl.ops.machine.versions.versions`.
    """
    package = Path(__file__).parents[1]
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None  # installed, perhaps inside another repository
    commit = _git(package, "rev-parse", "HEAD")
    if commit is None:
        return None
    changes = _git(package, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit.strip(), "dirty": bool(changes)}


def _git(folder: Path, *arguments: str) -> str | None:
    """What git answers, or None if it cannot."""
    program = shutil.which("git")
    if program is None:
        return None
    answer = subprocess.run([program, "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    return answer.stdout if answer.returncode == 0 else None

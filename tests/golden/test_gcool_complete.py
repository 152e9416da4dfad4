"""Nothing of the gCooL files is left out: each array is compared, or goes in, or shows a documented defect."""

import re
from collections.abc import Callable
from itertools import product

import torch

from tests.golden import test_gcool, test_gcool_augment
from tests.golden.arrays import read

INPUTS = [
    r"num_(nodes|communities)",
    r"edge_index(_asym|_dup_selfloop)?",
    r"x_(binary|dense)",
    r"deca_R",
    r"h[12]",
    r"center",
    r"ext_index[12]",
    r"fit_x[12]?",
    r"fit_edge_index_[12]",
    r"fit_param\..*",
    r"sched_epoch",
    r"evc_ok",
]
"""What the file's README lists as given, and what says where or whether something was computed."""

DEFECTS = {"zero_col_feat_w", "zero_col_feat_dropprob_p20"}
"""One unused column makes the published code drop every column at the cap; ours must not, and a test says so."""


def comparisons() -> list[Callable[..., None]]:
    """The tests of the two files."""
    files = (test_gcool, test_gcool_augment)
    return [getattr(file, name) for file in files for name in dir(file) if name.startswith("test_")]


def run(test: Callable[..., None], cases: object) -> None:
    """A test with all its parameters."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    names = [mark.args[0] for mark in marks]
    for values in product(*(mark.args[1] for mark in marks)):
        test(cases, **dict(zip(names, values, strict=True)))


def test_every_array_is_compared(golden):
    cases = read(golden / "gcool")
    for case in cases:
        case["one_more"] = torch.zeros(1)  # which no test knows: this test must find it
    for test in comparisons():
        run(test, cases)
    for case in cases:
        given = {name for name in case if any(re.fullmatch(pattern, name) for pattern in INPUTS)}
        assert not (given | DEFECTS) & case.compared
        assert set(case) - given - case.compared == DEFECTS | {"one_more"}

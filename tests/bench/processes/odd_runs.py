"""Methods that do odd things in their run, named by their path in tests."""

import os
import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import threadpoolctl
import torch

from graphcl.training import GraphClusterer


@dataclass(kw_only=True, eq=False, repr=False)
class Odd(GraphClusterer):
    """Executes a line of code, and deals the nodes out to clusters."""

    name: ClassVar[str] = "odd"

    code: str = ""

    def fit(self, data, y=None, **options):
        exec(self.code, {"np": np, "os": os, "torch": torch, "threadpoolctl": threadpoolctl, "warnings": warnings})  # noqa: S102
        self.labels_ = torch.arange(data.num_nodes) % self.n_clusters
        self.stages_, self.history_ = [], []
        return self

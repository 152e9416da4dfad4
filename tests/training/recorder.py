"""A method of two scalars that notes every call, and the smallest data for it."""

import torch
from torch import nn
from torch_geometric.data import Data

from graphcl.training import Method, NodeBatches, Runtime

CPU = Runtime(torch.device("cpu"), seed=0)


class Recorder(Method):
    """Two scalars pulled to 1 and 2, and a note of every call."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))
        self.calls, self.draws = [], []

    def start(self, step, embed_all):
        self.calls.append(("start", step.stage, len(embed_all()), self.training))

    def refresh(self, step, embed_all):
        self.calls.append(("refresh", step.stage, step.epoch, step.index))

    def forward(self, batch, step):
        assert self.training
        self.draws.append(torch.rand(1, generator=step.generator).item())
        return {"a": (self.first - 1).square().sum(), "b": (self.second - 2).square().sum() * batch.seeds}

    def embed(self, batch):
        assert not self.training
        return batch.x[: batch.seeds] * self.first


def data(n: int = 5) -> Data:
    return Data(x=torch.ones(n, 1), edge_index=torch.empty(2, 0, dtype=torch.long), num_nodes=n)


def batches(n: int = 5) -> NodeBatches:
    return NodeBatches(data(n))

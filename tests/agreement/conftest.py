import pytest
import torch
from torch_geometric.data import Data

from graphcl.datasets import load


@pytest.fixture
def blocks() -> Data:
    """Three blocks of 40 nodes, told apart by edges and by features."""
    return load("planted-partition", nodes=120, blocks=3, degree_in=8.0, degree_out=2.0, features=10).graph


@pytest.fixture
def labelings() -> torch.Tensor:
    """Four random labelings of 120 nodes in four clusters, the last of which stays empty in the first labeling."""
    labels = torch.randint(4, (4, 120), generator=torch.Generator().manual_seed(1))
    labels[0] %= 3
    return labels

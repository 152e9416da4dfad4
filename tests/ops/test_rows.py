"""Row-wise networks in chunks: the same rows and gradients in less memory."""

import pytest
import torch

from graphcl.encoders import MLP
from graphcl.ops import rows
from graphcl.ops.graph_matrices.sparse import compress
from graphcl.ops.rows import by_rows


@pytest.mark.parametrize("layout", ["dense", "sparse"])
@pytest.mark.parametrize("size", [7, 1000])
def test_chunks_give_the_same_rows_and_gradients(layout, size, monkeypatch):
    monkeypatch.setattr(rows, "CHUNK_ROWS", size)
    torch.manual_seed(0)
    network = MLP(40, (8, 6), 3).double()
    x = torch.randn(100, 40, dtype=torch.float64) * (torch.rand(100, 40) < 0.04)
    z = by_rows(network, compress(x) if layout == "sparse" else x)
    torch.testing.assert_close(z, network(x))
    ours = torch.autograd.grad(z.square().sum(), network.parameters())
    expected = torch.autograd.grad(network(x).square().sum(), network.parameters())
    torch.testing.assert_close(ours, expected)
    with torch.no_grad():
        torch.testing.assert_close(by_rows(network, x), z.detach())


def test_activations_are_not_saved(monkeypatch):
    kept: list[int] = []

    def pack(tensor):
        kept.append(tensor.numel())
        return tensor

    x, network = torch.randn(64, 4), MLP(4, (500,), 2)
    for size in (64, 16):
        monkeypatch.setattr(rows, "CHUNK_ROWS", size)
        kept.clear()
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            by_rows(network, x).sum()
        assert (max(kept, default=0) >= 64 * 500) is (size == 64)

"""The rule for weights of rare columns, and the reduction of wide features."""

import torch
from sklearn.feature_extraction.text import TfidfTransformer
from torch_geometric.data import Data

from graphcl.agreement import two_views
from graphcl.agreement.views import TermWeights
from graphcl.ops.machine.runtime import Runtime

CPU = Runtime.launch("cpu", seed=0)
NONE = torch.empty(2, 0, dtype=torch.long)


def counts() -> torch.Tensor:
    return torch.randint(3, (50, 12), generator=torch.Generator().manual_seed(0)).float()


def features(x: torch.Tensor, idf: TermWeights = "auto", components: int = 256) -> torch.Tensor:
    return two_views(Data(x=x, edge_index=NONE), CPU, components=components, idf=idf).features


def test_counts_are_weighted_and_real_numbers_are_not():
    x = counts()
    expected = torch.from_numpy(TfidfTransformer().fit_transform(x.numpy()).toarray())
    torch.testing.assert_close(features(x), expected)
    plain = x / x.norm(dim=1, keepdim=True)
    torch.testing.assert_close(features(x, "never"), plain)
    torch.testing.assert_close(features(x / 2), plain)
    torch.testing.assert_close(features(x / 2, "always"), expected)


def test_wide_features_are_reduced_and_keep_their_products():
    x = counts()
    views = two_views(Data(x=x, edge_index=NONE), CPU, components=11, idf="never")
    assert views.weights is None
    assert views.features.shape == (50, 11)
    plain = features(x, "never")
    error = (views.features @ views.features.T - plain @ plain.T).norm() / (plain @ plain.T).norm()
    assert error < 0.05
    assert features(x, components=12).shape == (50, 12)


def test_the_projection_repeats_itself():
    x = counts()
    assert torch.equal(features(x, components=5), features(x, components=5))
    other = two_views(Data(x=x, edge_index=NONE), Runtime.launch("cpu", seed=1), components=5)
    assert not torch.equal(features(x, components=5), other.features)

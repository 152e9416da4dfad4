"""Features of every scale, and in float64: every method finds the clusters it finds at an ordinary scale."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import METHODS, FeatureKMeans, TwoView, choose_k
from graphcl.evaluation import clustering_scores
from tests.easy import planted
from tests.method_cases import CASES, data_for, each

every = each({name: case for name, case in CASES.items() if "/" not in name})
every_of_features = each(
    {name: case for name, case in CASES.items() if name in METHODS and case.clusters and case.takes != "graphs"}
)


def scaled(data: Data, x: torch.Tensor) -> Data:
    made = data.clone()
    made.x = x
    return made


@every_of_features
def test_the_same_clusters_at_every_scale(case):
    data = data_for(case)
    small, tiny = scaled(data, data.x * 2.0**-33), scaled(data, data.x.double() * 2.0**-660)
    method = case.make(0).fit(small)
    assert clustering_scores(data.y, method.labels_)["acc"] > 0.95
    [seen] = method._checked(small)
    method.feature_scale_ = method._scale_of(tiny)
    [same] = method._checked(tiny)
    assert torch.equal(same.x.to_dense(), seen.x.to_dense())  # the factor is exact
    assert same.x.dtype == torch.float32


def test_the_scale_of_fit_holds_for_other_graphs_and_is_saved(tmp_path):
    data = planted()
    model = FeatureKMeans(n_clusters=3).fit(scaled(data, data.x * 2.0**-40))
    assert model.feature_scale_ > 1
    model.save(tmp_path / "model.pt")
    loaded = FeatureKMeans.load(tmp_path / "model.pt")
    half = scaled(data.subgraph(torch.arange(75)), data.x[:75] * 2.0**-41)
    assert torch.equal(loaded.transform(half) * 2, model.embedding_[:75])
    assert model.fit(data).feature_scale_ == 1.0
    with pytest.raises(ValueError, match="x must be finite"):
        model.fit(scaled(data, data.x * torch.nan))
    assert model.feature_scale_ == 1.0


@every
def test_float64_is_kept_from_the_features_to_the_saved_model(case, tmp_path):
    data = data_for(case)
    method = case.make(0).set_params(precision="fp64").fit(data)
    assert method.embedding_.dtype == torch.float64
    assert torch.isfinite(method.embedding_).all()
    method.save(tmp_path / "model.pt")
    loaded = type(method).load(tmp_path / "model.pt")
    assert loaded.precision == "fp64"
    assert torch.equal(loaded.transform(data), method.embedding_)
    if "module_" in vars(method):
        assert all(parameter.dtype == torch.float64 for parameter in loaded.module_.parameters())
        rows = method.transform(data, out=tmp_path / "z.npy")
        assert torch.equal(torch.as_tensor(rows), method.embedding_)
    if case.clusters:
        assert clustering_scores(data.y, method.labels_)["acc"] > 0.95
    exact = ("leiden", "k-means")  # of one-hot rows, and of features that come in float32
    assert torch.equal(method.embedding_.float().double(), method.embedding_) is (method.name in exact)


def test_k_means_and_two_view_cluster_what_only_float64_tells_apart():
    data = planted()
    far = scaled(data, data.x.double() + 1e9)
    with pytest.warns(UserWarning, match=r"32 columns become constant; set precision='fp64'|distinct clusters"):
        assert FeatureKMeans(n_clusters=3).fit(far).labels_.unique().tolist() == [0]
    model = FeatureKMeans(n_clusters=3, precision="fp64").fit(far)
    assert clustering_scores(data.y, model.labels_)["acc"] > 0.95
    assert (
        choose_k(data, [2, 3], precision="fp64")
        .labels[3]
        .equal(TwoView(n_clusters=3, precision="fp64").fit_predict(data))
    )

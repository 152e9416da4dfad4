"""SSGC, SAGSC, S2CAG, M-S2CAG and S3GC on the zoo's graph of six nodes, against the authors' code and formulas."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch_geometric.data import Data

from graphcl import MS2CAG, S3GC, SAGSC, SSGC
from graphcl.encoders import (
    heat_weights,
    inverse_document_frequency,
    normalized_adjacency,
    pagerank_weights,
    quadratic_features,
    row_normalized_adjacency,
    tf_idf,
)
from graphcl.encoders.feature_maps.similarity_degree import divide_by_degree_roots
from graphcl.heads.rounding import largest_entries_positive, round_to_clusters
from graphcl.methods.shallow_clusterers.sagsc import degree_scaled
from graphcl.objectives import walk_contrast

K = 2
RELEASED = {"normalise": "as_released", "series": "as_released", "read_out": "as_released"}
MODULAR = {"order": 4, "alpha": 0.9, **RELEASED}


@pytest.fixture(scope="module")
def cases(golden: Path) -> dict[str, Any]:
    text = (golden / "zoo" / "clustering.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def wide(value: Any) -> torch.Tensor:
    return torch.as_tensor(value, dtype=torch.double)


def near(actual: torch.Tensor, expected: Any) -> None:
    np.testing.assert_allclose(actual.detach().numpy(), wide(expected).numpy(), rtol=1e-9, atol=1e-11)


def edges(cases) -> torch.Tensor:
    return torch.tensor(cases["common"]["outputs"]["edges"]).T


def graph(cases, x: Any) -> Data:
    return Data(x=wide(x), edge_index=edges(cases))


def projector(q: torch.Tensor) -> torch.Tensor:
    return q @ q.T


def test_ssgc(cases):
    case = cases["ssgc"]
    near(torch.from_numpy(normalized_adjacency(edges(cases), 6).toarray()), case["inputs"]["S"])
    method = SSGC(n_clusters=2, hops=3, row_normalize=False, precision="fp64").fit(
        graph(cases, case["inputs"]["x"])
    )
    near(method.embedding_, F.normalize(wide(case["outputs"]["H"])))
    assert method.alpha == case["inputs"]["alpha"]


def test_sagsc(cases):
    case = cases["sagsc"]
    given, out = case["inputs"], case["outputs"]
    method = SAGSC(n_clusters=K, power=given["power"], precision="fp64").fit(graph(cases, given["counts"]))
    [checked] = method._checked(graph(cases, given["counts"]))
    h = method._smoothed(checked)
    near(h, out["H"])
    u = method._left_vectors(h)
    kernel = quadratic_features(u) @ quadratic_features(u).T
    near(kernel, out["kernel_matrix"])
    near(kernel, (u @ u.T + given["c"]) ** 2)
    normalised = degree_scaled(u, method.kernel_total_)
    near(torch.linalg.eigvalsh(normalised @ normalised.T).flip(0)[:4], out["normalised_eigenvalues"])
    near(projector(method.embedding_), out["Q_projector"])


def test_features_and_propagation_of_s2cag(cases):
    case = cases["s2cag"]
    counts, out = wide(case["inputs"]["counts"]), case["outputs"]
    near(torch.from_numpy(row_normalized_adjacency(edges(cases), 6).toarray()), out["P"])
    x = tf_idf(counts, inverse_document_frequency(counts))
    near(x, out["tfidf_l2"])
    near(divide_by_degree_roots(x, x.sum(0)), out["X_degree_normalised"])
    data = graph(cases, case["inputs"]["counts"])
    for series, name in (("as_released", "Z_as_coded"), ("geometric", "Z_paper")):
        method = MS2CAG(n_clusters=K, precision="fp64", **{**MODULAR, "series": series}).fit(data)
        near(method._propagated(*method._checked(data)), out[name])


def test_m_s2cag(cases):
    case = cases["s2cag"]
    out, data = case["outputs"], graph(cases, case["inputs"]["counts"])
    method = MS2CAG(n_clusters=K, precision="fp64", **MODULAR).fit(data)
    near(projector(method.embedding_), out["mod_projector"])
    assert clusters(method.labels_) == clusters(torch.tensor(out["labels_mod"]))
    z = method._normalised(method._propagated(*method._checked(data)))
    omega = z @ z.sum(0)
    modularity = z @ z.T - torch.outer(omega, omega) / omega.sum()
    values = torch.linalg.eigvalsh(modularity).flip(0)
    near(values[:K], out["mod_eigenvalues_by_magnitude"][:K])
    near(torch.diag(method.embedding_.T @ modularity @ method.embedding_), values[:K])
    near(modularity @ torch.ones(6, dtype=torch.double), [0.0] * 6)


def test_s2cag(cases):
    case = cases["s2cag"]
    out, data = case["outputs"], graph(cases, case["inputs"]["counts"])
    settings = {**MODULAR, "objective": "subspace", "normalise": "none"}
    q = MS2CAG(n_clusters=K, precision="fp64", **settings).fit(data).embedding_
    near(projector(q), out["sub_projector"])
    near(q.abs(), out["sub_abs_U"])
    assert {clusters(round_to_clusters(q * wide(signs))[0]) for signs in ([1, 1], [1, -1], [-1, 1], [-1, -1])} >= {
        clusters(torch.tensor(out["labels_sub"]))
    }
    assert torch.equal(largest_entries_positive(q * wide([-1, 1])), wide([-1, 1]) * largest_entries_positive(q))


def test_s3gc_loss(cases):
    case = cases["s3gc_loss"]
    z = F.normalize(wide(cases["common"]["outputs"]["Z1"])).requires_grad_()
    windows, others = (torch.tensor(case["inputs"][f"{kind}_windows"]) for kind in ("positive", "negative"))
    assert torch.equal(windows[:, 0], others[:, 0])
    loss = walk_contrast(z, windows[:, 0], windows[:, None, 1:], others[:, None, 1:])
    loss.backward()
    near(loss, case["outputs"]["loss"])
    near(z.grad, case["outputs"]["grad_z"])


def test_s3gc_features(cases):
    case = cases["s3gc_features"]
    given, out = case["inputs"], case["outputs"]
    near(wide(pagerank_weights(given["alpha"], given["niter"])), out["ppr_weights"])
    near(wide(heat_weights(5.0, 3)), out["heat_weights_t5"])
    method = S3GC(out_channels=4, epochs=0, precision="fp64").fit(graph(cases, given["x"]))
    prepared = method.module_.prepare(*method._checked(graph(cases, given["x"])))
    near(prepared.near, out["AX"])
    near(prepared.far, out["SX"])


def clusters(labels: torch.Tensor) -> frozenset[frozenset[int]]:
    """The clusters as sets of nodes, whatever their numbers."""
    return frozenset(frozenset((labels == label).nonzero()[:, 0].tolist()) for label in labels.unique())

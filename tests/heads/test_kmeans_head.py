"""The k-means estimator: the bits of the functions under it, scikit-learn's contract, and its errors."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from graphcl.heads import KMeans, kmeans, nearest_centre
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.ops.graph_matrices.sparse import unit_rows


def blobs(dtype: torch.dtype = torch.float32) -> torch.Tensor:
    noise = torch.randn(60, 3, generator=torch.Generator().manual_seed(0), dtype=dtype)
    return noise + 3 * torch.eye(3, dtype=dtype).repeat_interleave(20, 0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("normalize", [False, True])
def test_it_has_the_bits_of_the_functions(normalize, dtype):
    z = blobs(dtype)
    rows = unit_rows(z) if normalize else z
    head = KMeans(4, n_init=3, normalize=normalize, seed=7).fit(z)
    labels, centres = kmeans(rows, 4, n_init=3, seed=7)
    assert torch.equal(head.labels_, labels)
    assert torch.equal(head.cluster_centers_, centres)
    assert head.labels_.dtype == torch.int64
    unseen = blobs(dtype).flip(1) * 2
    assert torch.equal(head.predict(unseen), nearest_centre(unit_rows(unseen) if normalize else unseen, centres))
    assert torch.equal(head.predict(z), labels)


def test_parameters_act():
    z = blobs()
    labels = KMeans(5, n_init=1).fit_predict(z)
    assert labels.unique().tolist() == list(range(5))
    assert not torch.equal(labels, KMeans(5, n_init=1, seed=1).fit_predict(z))
    scales = torch.logspace(-2, 2, 60)[:, None]
    plain, directions = (KMeans(3, normalize=flag).fit_predict(scales * z) for flag in (False, True))
    assert torch.equal(directions, KMeans(3, normalize=True).fit_predict(z))
    assert not torch.equal(directions, plain)


def test_arrays_integers_and_half_precision():
    z = blobs()
    expected = KMeans(3).fit(z)
    fixed = z.numpy().copy(order="F")
    fixed.flags.writeable = False
    for rows in (z.numpy(), fixed, z.clone().requires_grad_()):
        head = KMeans(3).fit(rows)
        assert torch.equal(head.labels_, expected.labels_)
        assert torch.equal(head.predict(rows), expected.labels_)
        assert not head.cluster_centers_.requires_grad
    half = KMeans(3).fit(z.bfloat16())
    assert half.cluster_centers_.dtype == torch.float32
    assert torch.equal(half.labels_, kmeans(z.bfloat16(), 3)[0])
    assert torch.equal(half.predict(z.bfloat16()), half.labels_)
    counts = np.array([[0, 1], [0, 2], [9, 9]])
    assert torch.equal(KMeans(2).fit_predict(counts), KMeans(2).fit_predict(counts.astype(np.float32)))


def test_input_is_not_changed_and_mixed_precision_predicts():
    z = blobs()
    before = z.clone()
    head = KMeans(3, normalize=True).fit(z)
    assert torch.equal(head.predict(z.double()), head.labels_)
    assert torch.equal(z, before)
    assert head.predict(z[:0]).shape == (0,)


def test_scikit_learn_contract():
    head = KMeans(3, n_init=2, normalize=True, seed=5)
    assert head.get_params() == {"n_clusters": 3, "n_init": 2, "normalize": True, "seed": 5}
    fitted = clone(head.fit(blobs()))
    assert fitted.get_params() == head.get_params()
    assert not hasattr(fitted, "labels_")
    assert repr(KMeans(3)) == "KMeans(n_clusters=3)"
    assert torch.equal(
        fitted.set_params(seed=0).fit_predict(blobs()), KMeans(3, n_init=2, normalize=True).fit(blobs()).labels_
    )
    numpy_scalars = KMeans(2).set_params(
        n_clusters=np.int64(3), normalize=np.bool_(True), seed=np.int64(5), n_init=2
    )
    assert torch.equal(numpy_scalars.fit_predict(blobs()), head.labels_)


def test_in_a_pipeline_labels_are_not_read():
    pipeline = make_pipeline(StandardScaler(), KMeans(3))
    z = blobs().numpy()
    expected = KMeans(3).fit_predict(StandardScaler().fit_transform(z))
    assert torch.equal(pipeline.fit_predict(z, np.arange(60)), expected)
    assert torch.equal(pipeline.predict(z), expected)


def test_its_state_is_two_tensors(tmp_path):
    head = KMeans(3, normalize=True).fit(blobs())
    state = {name: value for name, value in vars(head).items() if name not in head.get_params()}
    assert sorted(state) == ["cluster_centers_", "labels_"]
    write_tensors(tmp_path / "head.pt", state)
    loaded = KMeans(**head.get_params())
    vars(loaded).update(read_tensors(tmp_path / "head.pt"))
    assert torch.equal(loaded.predict(blobs()), head.labels_)


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ({"n_clusters": 0}, "KMeans: n_clusters must be greater than or equal to 1; got 0"),
        ({"n_clusters": 2.5}, "KMeans: n_clusters must be a valid integer; got 2.5"),
        ({"n_clusters": True}, "KMeans: n_clusters must be a valid integer; got True"),
        ({"n_clusters": "3"}, "KMeans: n_clusters must be a valid integer; got '3'"),
        ({"n_init": 0}, "KMeans: n_init must be greater than or equal to 1; got 0"),
        ({"normalize": 1}, "KMeans: normalize must be a valid boolean; got 1"),
        ({"seed": -1}, "KMeans: seed must be greater than or equal to 0; got -1"),
    ],
)
def test_bad_parameters(parameter, message):
    with pytest.raises(ValueError, match=message):
        KMeans(2).set_params(**parameter).fit(blobs())


def test_bad_rows():
    with pytest.raises(ValueError, match="n_clusters must be at most the number of rows; got 4 for 3 rows"):
        KMeans(4).fit(blobs()[:3])
    z = blobs()
    z[3, 0], z[4, 1] = torch.nan, -torch.inf
    with pytest.raises(ValueError, match="z must be finite; got 2 NaN or infinite entries"):
        KMeans(2).fit(z)
    head = KMeans(2).fit(blobs())
    with pytest.raises(ValueError, match="z must be finite; got 2 NaN or infinite entries"):
        head.predict(z)
    with pytest.raises(ValueError, match="z must have 3 columns, as in fit; got 2"):
        head.predict(blobs()[:, :2])
    for wrong in (blobs()[0], blobs()[:, :0], blobs().to_sparse(), blobs().to(torch.complex64)):
        with pytest.raises(ValueError, match=r"z must be a dense real matrix, \(n, d\); got"):
            KMeans(2).fit(wrong)


def test_before_fit():
    with pytest.raises(NotFittedError, match="KMeans instance is not fitted yet"):
        KMeans(2).predict(blobs())


@pytest.mark.gpu
def test_rows_on_a_gpu():
    head, expected = KMeans(3, normalize=True).fit(blobs().cuda()), KMeans(3, normalize=True).fit(blobs())
    assert torch.equal(head.labels_, expected.labels_)
    torch.testing.assert_close(head.cluster_centers_, expected.cluster_centers_)
    assert head.predict(blobs().cuda()).device.type == "cpu"

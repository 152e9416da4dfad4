"""Pictures of embeddings: near stays near, always finite, always the same."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from graphcl.bench.runs import projection as module
from graphcl.bench.runs.projection import project_to_plane, projection

DRAW = np.random.default_rng(0)


def test_groups_in_many_dimensions_are_groups_in_the_plane():
    group = np.repeat(np.arange(4), 40)
    rows = DRAW.normal(size=(160, 80)) + 6 * DRAW.normal(size=(4, 80))[group]
    plane = project_to_plane(rows)
    assert plane.shape == (160, 2)
    assert np.abs(plane).max() == pytest.approx(1)
    assert silhouette_score(plane, group) > 0.7
    np.testing.assert_array_equal(project_to_plane(rows), plane)


@pytest.mark.parametrize(
    "rows",
    [
        np.ones((1, 3)),
        np.ones((50, 3)),
        np.array([[0.0], [1.0]]),
        np.arange(4.0)[:, None],
        np.repeat(np.eye(2), 25, axis=0),
        np.r_[np.zeros((49, 4)), np.ones((1, 4))].astype(np.float32),
        DRAW.normal(size=(50, 1)),
        1e20 * DRAW.normal(size=(50, 2)),
        1e-30 * DRAW.normal(size=(50, 2)).astype(np.float32),
        DRAW.normal(size=(5, 3000)),
    ],
    ids=["one", "equal", "two", "line", "twins", "outlier", "narrow", "huge", "minute", "wide"],
)
def test_degenerate_rows_have_a_place(rows):
    plane = project_to_plane(rows)
    assert plane.shape == (len(rows), 2)
    assert np.isfinite(plane).all()
    assert np.abs(plane).max() <= 1


def test_the_same_rows_are_projected_once(tmp_path, monkeypatch):
    rows = DRAW.normal(size=(9, 3))
    made = []
    monkeypatch.setattr(module, "project_to_plane", lambda given: made.append(given) or project_to_plane(given))
    first = projection(rows, tmp_path)
    np.testing.assert_array_equal(first, project_to_plane(rows))
    np.testing.assert_array_equal(projection(rows.copy(), tmp_path), first)
    assert len(made) == 1
    assert not np.array_equal(projection(rows + DRAW.normal(size=(9, 3)), tmp_path), first)
    projection(rows.astype(np.float32), tmp_path)
    projection(rows, None)
    assert len(made) == 4


@pytest.mark.parametrize("content", [b"", b"broken", None])
def test_a_broken_projection_is_made_again(content, tmp_path):
    rows = DRAW.normal(size=(5, 3))
    plane = projection(rows, tmp_path)
    [path] = tmp_path.iterdir()
    if content is None:
        np.save(path, np.full((5, 2), np.nan, np.float32))
    else:
        path.write_bytes(content)
    np.testing.assert_array_equal(projection(rows, tmp_path), plane)
    np.testing.assert_array_equal(np.load(path), plane)

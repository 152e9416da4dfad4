import pytest

from graphcl.bench.ogb.boards import board_of, frozen_rows
from graphcl.datasets.ogb.sets import SETS
from graphcl.methods import METHODS
from graphcl.recipes import published


@pytest.mark.parametrize("name", [each.name for each in SETS.values()])
def test_every_board_has_rows_in_order(name):
    board = board_of(name)
    ranks = [row.rank for row in board.rows]
    assert ranks == sorted(set(ranks))
    assert ranks[:6] == [1, 2, 3, 4, 5, 6]
    assert ranks[-1] <= board.entries
    assert (board.source, board.date) == ("ogb-web at f4c21f1", "2026-05-12")
    means = [row.test[0] for row in board.rows]
    assert means == sorted(means, reverse=True)
    assert all(0 < score <= 1 for row in board.rows for score in (row.test[0], row.val[0]))
    assert sum(not row.external for row in board.rows) >= 4


def test_published_frozen_embeddings_are_those_of_the_recipes():
    for name in ("ogbn-arxiv", "ogbn-products", "ogbn-papers100M"):
        known = frozen_rows(name)
        assert known.status == "verified"
        here = [row for row in known.rows if row.name in METHODS]
        assert {"grace", "random-gnn", "cca-ssg"} <= {row.name for row in here}
        for row in here:
            found = published(row.name, name)
            assert found is not None
            assert found.metrics["test/acc"] == row.test
            assert known.source in found.source
    assert frozen_rows("ogbl-collab").rows == ()

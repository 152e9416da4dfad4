"""The map from nodes to places: one for all samples, and clean after an error."""

from threading import Event, Thread

import pytest
import torch

from graphcl.training.batching.node_places import NodePlaces


def test_the_map_is_the_same_from_time_to_time():
    places = NodePlaces(3)
    with places.borrowed() as first:
        assert first.tolist() == [-1, -1, -1]
    with places.borrowed() as second:
        assert second is first


def test_an_error_leaves_a_clean_map():
    places = NodePlaces(3)

    def interrupted() -> None:
        with places.borrowed() as place:
            place[1] = 7
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with places.borrowed() as place:
        assert place.tolist() == [-1, -1, -1]


def test_two_threads_take_turns():
    places, taken = NodePlaces(1), Event()

    def borrow() -> None:
        with places.borrowed():
            taken.set()

    other = Thread(target=borrow)
    with places.borrowed():
        other.start()
        assert not taken.wait(0.05)
    assert taken.wait(10)
    other.join()
    assert torch.equal(places._place, torch.tensor([-1]))

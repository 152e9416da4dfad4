"""One pool of two gloo processes for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.ddp.pool import Pool


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    with Pool(tmp_path_factory.mktemp("ranks") / "rendezvous") as processes:
        yield processes

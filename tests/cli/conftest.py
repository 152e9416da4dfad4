"""The command line, called in this process."""

import pytest

from graphcl.cli import main


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # quick also on a busy machine


@pytest.fixture
def call(capsys):
    """Run the command line in this process; gives its exit status, stdout and stderr."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, *capsys.readouterr()

    return run

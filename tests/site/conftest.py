"""What the pages need: runs of suites in this process; tests/bench has those in processes of their own."""

from tests.cli.conftest import one_thread, runs_in_this_process

__all__ = ["one_thread", "runs_in_this_process"]

"""Progress: bars with the time left on a terminal, one plain line per finished run elsewhere."""

from types import TracebackType
from typing import Protocol, Self

from rich import progress as rich_progress
from rich.console import Console
from rich.markup import escape

from graphcl.bench.runs.run import Run
from graphcl.training import Report


class Progress(Protocol):
    """Receives the progress of a suite from the runner; a context manager around all runs."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    def begin(self, total: int, recorded: int) -> None:
        """Called first, with the number of runs and how many of them are on record already."""

    def start(self, run: Run) -> None:
        """Called when a run starts."""

    def epoch(self, report: Report, run: Run | None = None) -> None:
        """Called after an epoch of a run, which is named where several run at a time."""

    def end(self, line: str, run: Run | None = None) -> None:
        """Called after a run, with its scores or its error in one line."""


def choose_progress(console: Console) -> Progress:
    """Bars on a terminal, lines elsewhere."""
    return BarProgress(console) if console.is_terminal else LineProgress(console)


class LineProgress:
    """One line for every run that ends.

    Args:
        console: to write to.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.total = self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Does nothing: there is nothing to close."""

    def begin(self, total: int, recorded: int) -> None:
        """Write how many runs are on record already, if any."""
        self.total, self.done = total, recorded
        if recorded:
            _write(self.console, f"{recorded} of {total} runs are on record")

    def start(self, run: Run) -> None:
        """Does nothing: a line is written at the end of the run."""

    def epoch(self, report: Report, run: Run | None = None) -> None:
        """Does nothing: a line is written at the end of the run."""

    def end(self, line: str, run: Run | None = None) -> None:  # noqa: ARG002
        """Write the line, numbered."""
        self.done += 1
        _write(self.console, f"[{self.done}/{self.total}] {line}")


class BarProgress:
    """A bar over all runs and one over the epochs of each run at work, with the time left.

    Args:
        console: of a terminal.
    """

    def __init__(self, console: Console) -> None:
        self.bars = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(bar_width=24),
            rich_progress.TextColumn("{task.fields[note]}"),
            rich_progress.TimeRemainingColumn(compact=True),
            console=console,
            speed_estimate_period=3600,
            transient=True,
        )
        self.all = self.bars.add_task("all runs", total=None, note="")
        self.current: dict[str, rich_progress.TaskID] = {}
        self.shares: dict[str, float] = {}
        self.total = self.done = 0

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.bars.stop()

    def begin(self, total: int, recorded: int) -> None:
        """Open the bar over all runs; those on record are not waited for."""
        self.total = total - recorded
        known = f", {recorded} more on record" if recorded else ""
        self.bars.update(self.all, total=self.total, description=f"all runs{known}", note=f"0/{self.total}")

    def start(self, run: Run) -> None:
        """Open the bar over the epochs of a run."""
        self.current[run.key] = self.bars.add_task(escape(str(run)), total=None, note="starting")

    def epoch(self, report: Report, run: Run | None = None) -> None:
        """Move the bar of the run, and that of all."""
        key = self._key(run)
        note = f"{report.stage} {report.epoch}/{report.epochs}, loss {report.loss:.4g}"
        if key in self.current:
            self.bars.update(self.current[key], total=report.total, completed=report.done, note=note)
        self.shares[key] = report.done / report.total
        self.bars.update(self.all, completed=self.done + sum(self.shares.values()))

    def end(self, line: str, run: Run | None = None) -> None:
        """Count the run, close its bar, and leave the line above the bars."""
        key = self._key(run)
        self.done += 1
        self.shares.pop(key, None)
        self.bars.remove_task(self.current.pop(key))
        completed = self.done + sum(self.shares.values())
        self.bars.update(self.all, completed=completed, note=f"{self.done}/{self.total}")
        _write(self.bars.console, line)

    def _key(self, run: Run | None) -> str:
        """Of the run that is meant: the only one at work where none is named."""
        return next(iter(self.current), "") if run is None else run.key


def _write(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)

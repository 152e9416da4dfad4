import io

import pytest
from rich.console import Console

from graphcl.bench.runs.progress import BarProgress, LineProgress, choose_progress
from graphcl.training import Report
from tests.bench.make_record import make_run


def test_lines_count_runs_and_keep_brackets():
    console = Console(file=io.StringIO(), width=20)
    lines = choose_progress(console)
    assert isinstance(lines, LineProgress)
    with lines:
        lines.begin(3, recorded=1)
        lines.start(make_run())
        lines.epoch(Report("cluster", 7, 20, 1.25, {}, 37, 50))
        lines.end("k-means on karate, seed 0: [done]")
    assert console.file.getvalue().splitlines() == [
        "1 of 3 runs are on record",
        "[2/3] k-means on karate, seed 0: [done]",
    ]


def test_bars_show_stage_epoch_loss_and_what_is_left():
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    bars = choose_progress(console)
    assert isinstance(bars, BarProgress)
    with bars:
        bars.begin(3, recorded=1)
        bars.start(make_run())
        bars.epoch(Report("cluster", 7, 20, 1.25, {}, 37, 50))
        plain = Console(file=io.StringIO(), width=200)
        plain.print(bars.bars.get_renderable())
        bars.end("k-means on karate, seed 0: [done]")
    shown = plain.file.getvalue()
    assert "all runs, 1 more on record" in shown
    assert "k-means on karate, seed 0" in shown
    assert "cluster 7/20, loss 1.25" in shown
    assert bars.bars.tasks[0].completed == 1
    assert "[done]" in console.file.getvalue()


def test_several_runs_have_a_bar_each():
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    first, second = make_run(), make_run(seed=7)
    with choose_progress(console) as bars:
        bars.begin(4, recorded=0)
        bars.start(first)
        bars.start(second)
        bars.epoch(Report("fit", 1, 2, 3.5, {}, 1, 2), first)
        bars.epoch(Report("fit", 3, 4, 2.5, {}, 3, 4), second)
        assert bars.bars.tasks[0].completed == pytest.approx(1.25)
        plain = Console(file=io.StringIO(), width=200)
        plain.print(bars.bars.get_renderable())
        bars.end("over", first)
        assert bars.bars.tasks[0].completed == pytest.approx(1.75)
        assert [task.description for task in bars.bars.tasks[1:]] == [str(second)]
    lines = plain.file.getvalue().splitlines()
    assert "fit 1/2, loss 3.5" in next(line for line in lines if str(first) in line)
    assert "fit 3/4, loss 2.5" in next(line for line in lines if str(second) in line)

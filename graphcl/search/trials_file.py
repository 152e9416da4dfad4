"""A file of trials, one a line, that survives being killed at any moment and has one writer at a time."""

import fcntl
import os
import warnings
from pathlib import Path
from types import TracebackType
from typing import Self

from graphcl.ops.files.tensor_files import cannot_be_written, refuse_other_than_file
from graphcl.search.trial import Study, Trial
from graphcl.training.checkpoint import differences


def read_trials(path: str | Path) -> list[Trial]:
    """The trials of a file; a broken last line, left by a writer that was killed, is ignored.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a line that is no trial; the message names file and line.
    """
    return _scan(Path(path).read_bytes(), Path(path))[0]


class TrialsFile:
    """Append the trials of one study to a file; a context manager.

    Args:
        path: of the file; it and its folders are made if missing.
        study: whose trials it holds, and no others.

    Attributes:
        trials: those in the file, old and new.

    Raises:
        BlockingIOError: another process writes to the file; its lock vanishes with it.
        OSError: the file cannot be written.
        ValueError: it holds something else, or trials of another study.
    """

    def __init__(self, path: Path, study: Study) -> None:
        self.path, self.study = path, study
        self.trials: list[Trial] = []
        self._file = -1

    def __enter__(self) -> Self:
        refuse_other_than_file(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            raise cannot_be_written(self.path, error) from error
        try:
            self._take_over()
        except BaseException:
            os.close(self._file)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._file)

    def append(self, trial: Trial) -> None:
        """Write one trial and sync it to the disk.

        Raises:
            OSError: it cannot be written.
        """
        line = trial.to_line().encode()
        before = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            raise cannot_be_written(self.path, error) from error
        if written < len(line):
            os.ftruncate(self._file, before)
            raise cannot_be_written(self.path, OSError("the disk took a part of the line"))
        self.trials.append(trial)

    def _take_over(self) -> None:
        """Lock the file, read it, and cut off a broken last line."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            reason = "another graphcl process writes there; wait for its end or choose another place"
            raise BlockingIOError(error.errno, reason, str(self.path)) from error
        content = self.path.read_bytes()
        self.trials, sound = _scan(content, self.path)
        for number, trial in enumerate(self.trials):
            if trial.study.digest != self.study.digest:
                told = differences(vars(trial.study), vars(self.study)).replace("trained", "made")
                raise ValueError(
                    f"{self.path} holds trials of another study{told and f': {told}'}; name another file"
                )
            if trial.trial != number:
                raise ValueError(f"{self.path}, line {number + 1}: trial {trial.trial} in place of {number}")
        if sound < len(content):
            warnings.warn(f"{self.path}: cut off a last line that was broken", stacklevel=4)
            os.ftruncate(self._file, sound)


def _scan(content: bytes, path: Path) -> tuple[list[Trial], int]:
    """The trials, and how many bytes from the start are sound: whole lines alone."""
    trials: list[Trial] = []
    sound = 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        if not line.endswith(b"\n") and (trials or line.startswith(b'{"trial": '[: len(line)])):
            break  # its writer was killed
        try:
            trials.append(Trial.from_line(line))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}; name another file") from error
        sound += len(line)
    return trials, sound

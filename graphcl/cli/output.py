"""Where a command writes to, looked at before anything runs."""

from pathlib import Path


def check_output(out: Path, *inputs: str | Path) -> None:
    """Refuse to write to what is no file, or over what the command reads.

    Args:
        out: the file to write.
        inputs: files that are read, and names that are no files.

    Raises:
        OSError: a folder or a device.
        ValueError: one of the inputs.
    """
    from graphcl.training.tensors import refuse_other_than_file

    refuse_other_than_file(out)
    if any(Path(given).is_file() and out.exists() and out.samefile(given) for given in inputs):
        raise ValueError(f"{out} is read by this command; name another file to write")

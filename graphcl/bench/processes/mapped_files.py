"""Pages of mapped files, such as shared libraries, that a fork leaves behind.

A fork copies the page table of memory, but not that of files that are mapped for reading: their pages come back
when they are touched, and would then count as memory that a run takes. Touched at once they are part of what was
there before the run. Linux only.
"""

import ctypes
import mmap
import os
from pathlib import Path

import numpy as np

BLOCK = 2**16
"""Bytes that the kernel maps around the page that is touched."""

PRESENT = np.uint64(1 << 63)
"""The bit of a page in /proc/self/pagemap that is set while the page is in memory."""


def resident_blocks() -> list[int]:
    """An address in each block of mapped files that is resident in this process; none where that is not known."""
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
        file = os.open("/proc/self/pagemap", os.O_RDONLY)
    except OSError:
        return []
    blocks: list[int] = []
    try:
        for line in lines:
            span, access, _, _, inode, *name = line.split(maxsplit=5)
            if access.startswith("r") and inode != "0" and not name[0].startswith("/dev/"):
                start, end = (int(address, 16) for address in span.split("-"))
                blocks += _resident(file, start, end)
    finally:
        os.close(file)
    return blocks


def map_again(blocks: list[int]) -> None:
    """Touch the blocks, in a process that was forked from the one in which they were resident."""
    for address in blocks:
        ctypes.string_at(address, 1)


def _resident(pagemap: int, start: int, end: int) -> list[int]:
    """The first resident page of each block between two addresses."""
    entry = 8
    content = os.pread(pagemap, (end - start) // mmap.PAGESIZE * entry, start // mmap.PAGESIZE * entry)
    present = np.flatnonzero(np.frombuffer(content, dtype=np.uint64) & PRESENT)
    addresses = start + present * mmap.PAGESIZE
    _, first = np.unique(addresses // BLOCK, return_index=True)
    resident: list[int] = addresses[first].tolist()
    return resident

"""Array of variable-length strings, as one array of UTF-8 bytes and one of offsets, which can be memory-mapped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import index as integer
from typing import SupportsIndex

import numpy as np
from jaxtyping import Int, UInt8


@dataclass(frozen=True, eq=False, repr=False)
class Texts:
    """Sequence of strings, stored as concatenated UTF-8 bytes and offsets.

    Attributes:
        data: Bytes of all strings.
        ptr: Offset of each string, from 0 to the number of bytes.

    Example:
        >>> texts = Texts.of(["CC", "", "C=O"])
        >>> len(texts), texts[2], list(texts)
        (3, 'C=O', ['CC', '', 'C=O'])
    """

    data: UInt8[np.ndarray, " bytes"]
    ptr: Int[np.ndarray, " bounds"]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Concatenate strings."""
        encoded = [text.encode() for text in texts]
        ptr = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ptr)

    def __len__(self) -> int:
        return len(self.ptr) - 1

    def __getitem__(self, index: SupportsIndex) -> str:
        place = integer(index)
        if not -len(self) <= place < len(self):
            raise IndexError(f"there are {len(self)} texts; got index {place}")
        start, stop = self.ptr[place % len(self)], self.ptr[place % len(self) + 1]
        return bytes(self.data[start:stop]).decode()

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

"""How many threads a run has.

The last bits of some results depend on it: a sum that is divided among threads is rounded in another order.
"""

from dataclasses import dataclass
from typing import Self

import torch
from threadpoolctl import threadpool_info, threadpool_limits


@dataclass(frozen=True)
class Threads:
    """Numbers of threads of torch and of NumPy's and SciPy's linear algebra.

    Args:
        torch: of torch, and of OpenMP in other packages.
        blas: of OpenBLAS and its kind.
    """

    torch: int
    blas: int

    @classmethod
    def share(cls, jobs: int) -> Self:
        """What each of several runs has when those of this process are divided; at least one.

        Args:
            jobs: runs at the same time.

        Example:
            >>> Threads.share(10_000)
            Threads(torch=1, blas=1)
        """
        blas = max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)
        return cls(max(1, torch.get_num_threads() // jobs), max(1, blas // jobs))

    def use(self) -> None:
        """Have this process compute with so many."""
        threadpool_limits(self.blas, "blas")
        if torch.get_num_threads() != self.torch:  # else nothing is touched: a run has what it has by itself
            threadpool_limits(self.torch, "openmp")
            torch.set_num_threads(self.torch)

"""The dense matrix products of a piece of work, by their shapes, and the rate of one large product."""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

PRODUCTS = {torch.ops.aten.mm.default: 0, torch.ops.aten.addmm.default: 1, torch.ops.aten.bmm.default: 0}
"""Where their factors begin among the arguments."""


class DenseProducts(TorchDispatchMode):
    """Counts the floating-point operations, two a multiplication, of products of dense matrices while it is on.

    Example:
        >>> with DenseProducts() as products:
        ...     _ = torch.ones(2, 3) @ torch.ones(3, 5)
        >>> products()
        60.0
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations = 0.0

    def __call__(self) -> float:
        """How many there were so far."""
        return self.operations

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run an operator of torch, and count it if it is such a product."""
        del types
        if func in PRODUCTS:
            first, second = args[PRODUCTS[func] : PRODUCTS[func] + 2]
            if first.layout == second.layout == torch.strided:
                self.operations += 2.0 * first.numel() * second.size(-1)
        return func(*args, **(kwargs or {}))


def rate(size: int, repeats: int = 3) -> Callable[[], float]:
    """Operations in a CPU second of the best of some square products in float32, on one thread."""
    torch.set_num_threads(1)
    a, b = (torch.rand(size, size) for _ in range(2))

    def once() -> float:
        seconds = []
        for _ in range(repeats):
            started = time.process_time()
            a @ b
            seconds.append(time.process_time() - started)
        return 2 * size**3 / min(seconds)

    return once

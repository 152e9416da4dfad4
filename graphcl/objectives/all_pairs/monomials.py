"""Monomials up to a degree: the features of a polynomial of inner products.

In d coordinates there are C(d + p, p) monomials of degree at most p. Those of degree q whose first variable is
x_k are x_k times those of degree q - 1 in x_k, ..., x_d, which come last in their degree and in the same order.
So each degree takes d products of whole blocks, without an index.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Product(NamedTuple):
    """The `rows` rows of the table from `target` on are those from `source` on, times one variable."""

    variable: int
    source: int
    target: int
    rows: int


class Monomials:
    """The monomials in `width` variables of degree at most `degree`, in the order of their degree.

    Args:
        width: number of variables, d.
        degree: at least 0.

    Attributes:
        count: number of monomials, f.
        first: index of the first monomial of each degree, then `count`.
        degrees: (f,), float64.
        multiplicities: (f,), float64: its coefficient in (x_1 + ... + x_d)^degree.

    Example:
        >>> Monomials(2, 2).multiplicities  # 1, x, y, xx, xy, yy
        tensor([1., 1., 1., 1., 2., 1.], dtype=torch.float64)
    """

    def __init__(self, width: int, degree: int) -> None:
        self.width, self.degree = width, degree
        self.first = [math.comb(width + q - 1, width) for q in range(degree + 2)]
        self.count = self.first[-1]
        self.products: list[Product] = []
        exponents = [np.zeros((1, width), int)]
        starts = [0] * width  # where the monomials in x_k, ..., x_d begin, within the degree below
        for q in range(1, degree + 1):
            blocks = [exponents[-1][start:] + np.eye(width, dtype=int)[k] for k, start in enumerate(starts)]
            ends = np.cumsum([0, *map(len, blocks)]).tolist()
            for k, start in enumerate(starts):
                source, target = self.first[q - 1] + start, self.first[q] + ends[k]
                self.products.append(Product(k, source, target, len(blocks[k])))
            starts = ends[:-1]
            exponents.append(np.concatenate(blocks))
        every = np.concatenate(exponents)
        factorial = np.array([math.factorial(q) for q in range(degree + 1)], float)
        self.degrees = torch.from_numpy(every.sum(1).astype(float))
        self.multiplicities = torch.from_numpy(factorial[every.sum(1)] / factorial[every].prod(1))


@lru_cache(maxsize=16)
def monomials(width: int, degree: int) -> Monomials:
    """`Monomials(width, degree)`, cached."""
    return Monomials(width, degree)


class MonomialTable:
    """A buffer for the monomials of up to `rows` rows, reused for every chunk.

    Args:
        basis: which monomials.
        rows: the largest chunk.
        like: a tensor with the dtype and device of the table.

    Example:
        >>> MonomialTable(Monomials(2, 2), 5, torch.empty(0)).fill(torch.tensor([[2.0, 3.0]])).T
        tensor([[1., 2., 3., 4., 6., 9.]])
    """

    def __init__(self, basis: Monomials, rows: int, like: Tensor) -> None:
        self.basis = basis
        self.table = like.new_ones(basis.count, rows)
        self.variables = self.table[1 : basis.width + 1] if basis.degree else self.table[:0]
        self.products = [
            (self.table[source : source + count], self.variables[variable], self.table[target : target + count])
            for variable, source, target, count in basis.products[basis.width :]
        ]

    def fill(self, x: Tensor) -> Tensor:
        """Compute the monomials of the rows of x, (r, d): a view (f, r) that the next call overwrites."""
        self.variables[:, : len(x)] = x.T[: len(self.variables)]
        for source, variable, target in self.products:
            torch.mul(source, variable, out=target)
        return self.table[:, : len(x)]

    def pull(self, grad: Tensor) -> Tensor:
        """Backpropagate through `fill`: the gradient by x, (r, d), from that by the table, (f, r).

        Args:
            grad: overwritten.
        """
        by_variable = torch.zeros_like(grad[: self.basis.width])
        for product in reversed(self.basis.products):
            source = slice(product.source, product.source + product.rows)
            above = grad[product.target : product.target + product.rows]
            by_variable[product.variable] += (self.table[source] * above).sum(0)
            grad[source].addcmul_(above, self.variables[product.variable])
        return by_variable.T

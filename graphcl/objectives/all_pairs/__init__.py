"""Log-sum-exp over all pairs of rows without an n x n matrix, and weighted sums over positive pairs."""

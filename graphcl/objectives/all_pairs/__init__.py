"""Log-sum-exp over all pairs of rows without an n x n matrix, and the sums over positives that go with it."""

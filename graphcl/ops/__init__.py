"""Operations used by all other packages: sparse matrices, row-wise kernels, device, precision, tensor files."""

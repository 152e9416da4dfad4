"""Leaves that every room may use: sparse products, row kernels, device and precision, files of tensors."""

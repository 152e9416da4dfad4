"""Matrices of graphs: sparse tensors, their products, edges, proximities."""

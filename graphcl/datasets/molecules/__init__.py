"""Molecule datasets: SMILES files converted to graphs, cached and memory-mapped, with scaffold splits."""

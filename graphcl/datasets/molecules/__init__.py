"""Molecules: SMILES files to graphs, prepared once and mapped into memory, with scaffolds to split by."""

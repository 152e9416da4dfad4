"""Random walks: their matrices, their draws, and operators in their place."""

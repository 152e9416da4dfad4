"""File formats and their checks: npz archives of one graph or of several relations, texts, checksums."""

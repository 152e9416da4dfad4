"""Files of tensors: atomic writes, and reads that run nothing of what they read."""

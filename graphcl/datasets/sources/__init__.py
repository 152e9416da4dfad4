"""Where graphs come from: readers of each source's raw layout, and generators."""

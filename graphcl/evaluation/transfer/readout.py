"""What the head of fine-tuning reads of each graph."""

READOUTS = ("mean", "mean+ego")
"""The mean of the rows of its nodes; or that mean beside the row of node 0, the centre of an ego network."""

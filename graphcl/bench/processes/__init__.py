"""The processes of runs: a prepared one that has imported everything, and those that are forked from it."""

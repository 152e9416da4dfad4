"""Parts of link prediction: splits of edges, negatives, decoders, baselines and scores."""

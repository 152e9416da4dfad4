"""Encoders of whole graphs: molecules, proteins, social networks, readouts and decoders."""

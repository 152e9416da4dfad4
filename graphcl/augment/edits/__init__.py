"""Edited copies of the graphs of a batch, with a known number of exchanged edges each: the candidates of D-SLA."""

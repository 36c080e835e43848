"""Datadog's Agent in the cluster: what it is made of, how it comes and goes, and how it is doing."""

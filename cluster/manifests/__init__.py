"""Kubernetes objects as data: pure functions from configuration to what is applied."""

"""Datadog: its keys and sites, what it says of them, and the monitors that VibeCode keeps there."""

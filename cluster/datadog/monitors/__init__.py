"""The monitors that VibeCode keeps in Datadog: what they are, what is there, what differs, what is done about it."""

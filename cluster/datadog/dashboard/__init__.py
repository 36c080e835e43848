"""The dashboard that VibeCode keeps in Datadog, beside its monitors."""

"""Datadog: prepared; it says which keys it needs."""

from screens.base.prepared import PreparedScreen


class DatadogScreen(PreparedScreen):
    PLACE = "datadog"
    TITLE_WORDS = "Datadog"
    SENTENCE = "Metrics, logs and traces of the cluster, of every workspace and of VibeCode itself."
    MISSING = "No key is set. Make them at Organization Settings in Datadog, set them, then start VibeCode again:"
    STEPS = (
        ("API key", "export DD_API_KEY=…"),
        ("Application key", "export DD_APP_KEY=…"),
        ("Your site", "export DD_SITE=datadoghq.eu"),
    )

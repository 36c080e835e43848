"""Datadog's unified service tags of VibeCode itself, and of what it has monitored.

Source: https://docs.datadoghq.com/getting_started/tagging/unified_service_tagging/
"""

ENV = "local"
SERVICE = "vibecode"
TEAM = "vibecode"

"""How VibeCode starts: command line, settings, wiring. The only floor that knows all others."""

__version__ = "0.1.0"

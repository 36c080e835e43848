"""The tracer must be there before what it traces is imported."""

from app import tracing as tracing

"""The tracer comes first here too, before a test imports what it traces."""

import app as app

"""The HTTP API and the portal: the same workspaces for scripts, editors and a browser page."""

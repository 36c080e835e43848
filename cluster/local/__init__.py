"""The `local` engine: workspaces as processes of this user, behind our own reverse proxy."""

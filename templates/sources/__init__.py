"""Templates of the person's own: from folders, from Git, and from workspaces."""

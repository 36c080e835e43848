"""A conversation about a workspace: what the model is shown, what it proposes, what is done and undone."""

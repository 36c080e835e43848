"""How code-server gets onto this machine."""

"""The reverse proxy of the `local` engine: how a browser gets to a workspace that is a process on this machine."""

"""What a project needs is installed inside its workspace, and goes on there whoever looks."""

"""Where workspaces live: engines, Kubernetes, ingress, seeding. Headless."""

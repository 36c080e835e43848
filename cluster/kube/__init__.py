"""The Kubernetes API as this project uses it: JSON objects over httpx, streams over WebSocket."""

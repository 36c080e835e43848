"""What you see: the terminal application's places, their widgets, and the pure functions that fill them."""

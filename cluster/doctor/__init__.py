"""What usually stops a local cluster, found before anything is created, each with the line that mends it."""

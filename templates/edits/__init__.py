"""What a model wants changed: its answer parsed, each edit placed in the file it is for, shown as hunks."""

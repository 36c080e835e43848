"""The KIND engine: a cluster that the program creates, repairs and removes."""

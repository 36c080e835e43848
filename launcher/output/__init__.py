"""What the command line prints: documents for programs, words and progress for people."""

"""What can be typed after `vibecode`: one `Command` each, with its arguments, its examples and its work."""

"""What the program tells Datadog of itself, where a person has switched that on."""

"""Pulumi in an embedded cloud's state: the CLI, its plugins, and the server that starts them at once."""

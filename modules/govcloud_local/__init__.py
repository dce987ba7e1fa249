"""The embedded cloud: a real Kubernetes and a real S3 store on one Linux machine, from package registries alone."""

COMMAND_LINE = "The embedded cloud on this machine. / Đám mây nhúng trên máy này."
"""First line of the help of `govcloud local`, told without importing it."""

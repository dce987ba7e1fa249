"""Pulumi without the official language host and plugins: small parts of our own, only where the official are absent."""

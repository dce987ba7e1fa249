"""Pulumi plugins of this project; each subpackage is one plugin with its consumer classes."""

"""Measured side by side with a peer in the same run: ratios, never absolute promises."""

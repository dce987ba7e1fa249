"""A cluster's API server: reached, known, and asked."""

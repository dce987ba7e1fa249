"""Checks, each a function of a subject and an access; the suite names them all."""

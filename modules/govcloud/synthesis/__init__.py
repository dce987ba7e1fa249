"""A whole synthetic country: planned from the tables of units and bodies, deterministic by seed, written as YAML."""

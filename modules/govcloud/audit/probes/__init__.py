"""Programs that run inside probe pods, with Python's standard library and nothing else."""

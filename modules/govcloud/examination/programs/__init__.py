"""Programs that run inside an examination's pods, with Python's standard library and nothing else."""

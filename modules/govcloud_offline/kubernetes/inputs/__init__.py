"""What a program says about an object, and what the state keeps of it: one form for what means the same."""

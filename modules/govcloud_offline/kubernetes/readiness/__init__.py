"""When an object is what it is for, or gone, and what keeps it from being so."""

"""What a change of inputs would do to an object."""

"""What is looked at, one side of a cloud in each module; none knows another."""

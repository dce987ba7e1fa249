"""What can be declared: one module per kind, all frozen, strict and without effects."""

"""What already runs, as declarations: read without changing it, and never guessing what nobody wrote down."""

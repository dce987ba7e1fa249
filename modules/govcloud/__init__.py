"""GovCloud."""

"""Pictures of a country: who hangs below whom, who holds which budget, who may reach whom. Pure functions to text."""

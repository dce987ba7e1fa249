"""What every distribution of the project stands on: problems in two languages, files in memory, Pulumi's wire."""

"""Objects on a cluster: created, read, updated and deleted, field by field owned."""

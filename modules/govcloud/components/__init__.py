"""Pulumi components over what `govcloud.render` says: Cluster, Tenant, Segment, Platform."""

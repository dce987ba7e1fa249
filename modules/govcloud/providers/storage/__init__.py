"""Buckets and access keys on S3-compatible stores, as Pulumi resources.

Two sides meet at the Pulumi protocol. A program imports :mod:`.resources`; the engine starts :mod:`.plugin`, which
turns requests into calls of the plain functions in :mod:`.bucket` and :mod:`.identity`. What differs between
servers (identities, principals, quotas) is an adapter in :mod:`.adapters`.
"""

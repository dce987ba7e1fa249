"""Backups of buckets on a second cloud: what was there, byte for byte, under manifests that can be checked.

Bytes flow from one store into the other and touch no disk on the way. What is known is listed in manifests beside them,
so that a backup is read, checked and brought back without anything but the store that holds it.
"""

"""Pulumi's wire: what every program that answers a Pulumi engine needs."""

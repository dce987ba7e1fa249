"""Servers of object stores that tests run, one module a server; each serves on loopback and keeps all in its folder."""

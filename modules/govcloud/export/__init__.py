"""What an agency takes along: its buckets as bags (BagIt, RFC 8493) that anybody reads and checks without this program.

A bag is a folder: content below `data/`, digests beside it, and what a file system does not hold as lines of JSON. It
is made under another name, and has its own only once all of it is written.
"""

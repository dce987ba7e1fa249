"""What lies in object stores: which buckets, what is in them and how full they are, and who can do what with it."""

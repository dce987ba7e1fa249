"""The services of an embedded cloud: control plane, object store, and what leads to them."""

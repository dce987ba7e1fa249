"""The embedded cloud: a real Kubernetes and a real S3 store on one Linux machine, from package registries alone."""

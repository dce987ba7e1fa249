"""Many stacks at once: which there are, in which order, run in parallel, compared with what is live."""

"""Who may enter the embedded cloud: certificates, kubeconfigs, the API server's own rules."""

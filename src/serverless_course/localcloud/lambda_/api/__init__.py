"""Lambda's control plane: what the API remembers of functions, one noun a module."""

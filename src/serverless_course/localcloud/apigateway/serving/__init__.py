"""What happens to a request to an API."""

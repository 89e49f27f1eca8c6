"""What a load balancer does with a request."""

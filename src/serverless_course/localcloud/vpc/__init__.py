"""A function's VPC: its interfaces, the way its traffic takes, and experiments with both."""

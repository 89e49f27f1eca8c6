"""What must stay secret: found by its name, by botocore's models, or by its value."""

"""CloudWatch Logs: writing, reading and searching log events."""

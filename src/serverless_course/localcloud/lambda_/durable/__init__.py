"""Durable functions: executions that are checkpointed, wait without running, and replay."""

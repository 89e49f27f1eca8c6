"""AWS Lambda. In folders: its API, invocation, execution environments, event sources, tracing."""

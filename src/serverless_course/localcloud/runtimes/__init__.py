"""Language runtimes: what runs a handler inside an execution environment."""

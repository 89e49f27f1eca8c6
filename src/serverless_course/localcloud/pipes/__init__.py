"""Amazon EventBridge Pipes: from a queue or a stream, by filter and enrichment, to a target."""

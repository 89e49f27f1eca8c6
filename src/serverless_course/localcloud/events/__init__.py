"""EventBridge: scheduled rules, and what the target of a rule gets."""

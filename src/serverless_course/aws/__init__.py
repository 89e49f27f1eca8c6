"""Which cloud we talk to, sessions, names and tags, the ledger, clean-up, the account guard."""

"""IAM: who signed a request, what it asks for, and whether the policies of the signer allow it."""

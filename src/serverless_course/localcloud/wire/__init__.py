"""The wire: HTTP, signatures, and the AWS protocols that requests and answers are written in."""

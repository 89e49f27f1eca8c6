"""The AWS account that the embedded cloud is."""

ACCOUNT_ID = "123456789012"

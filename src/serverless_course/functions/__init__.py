"""Package, deploy, invoke, measure and tune Lambda functions by plain boto3 calls."""

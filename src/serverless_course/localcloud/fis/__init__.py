"""AWS Fault Injection Service: AWS's own network action, and a few that only this cloud has."""

"""AWS CloudFormation: stacks and change sets whose resources this server's own services hold."""

"""A VPC in figures: its diagram, a designer, and the question whether one is needed."""

"""Elastic Load Balancing: Application Load Balancers with functions as targets."""

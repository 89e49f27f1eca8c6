"""Plots, tables, progress bars and widgets, each with a text that stands in for it."""

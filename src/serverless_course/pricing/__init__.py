"""Dated price tables with their sources, and what an invocation, a sweep or a month costs."""

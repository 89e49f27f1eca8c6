"""Benchmarks: what the embedded cloud promises, measured on this machine. They fail on nothing."""

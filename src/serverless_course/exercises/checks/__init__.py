"""The checks of the labs: one module for each, named after the lab's slug."""

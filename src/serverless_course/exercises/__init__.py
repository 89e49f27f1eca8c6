"""Tasks, checks, hints, predictions and progress: what a lab says back to its learner."""

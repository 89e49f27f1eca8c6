"""CloudWatch: metrics and the alarms that look at them."""

"""CloudWatch's metrics: what was published, statistics of it, metric math, alarms,
embedded metrics.

Everything here is pure: no moto, no threads of its own, no clock but the one it is given.
"""

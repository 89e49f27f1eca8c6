"""The rules of a refund. Nothing here knows Lambda, JSON, the clock or the environment."""

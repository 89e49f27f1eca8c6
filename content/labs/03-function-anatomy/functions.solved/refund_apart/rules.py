"""The rules of a refund. Nothing here knows Lambda, JSON, the clock or the environment."""


def refund_cents(paid_cents, days_left, fee_cents):
    """What a customer gets back so many days before the show, in cents."""
    if days_left < 7:
        return 0
    share = paid_cents if days_left >= 30 else paid_cents // 2
    return max(share - fee_cents, 0)

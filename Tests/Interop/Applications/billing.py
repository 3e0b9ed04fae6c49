"""Jobs that a person at a dashboard looks after."""

from rq import get_current_job


def pay(invoice):
    """Fails until there is money."""
    if not get_current_job().connection.exists('test:money'):
        raise ValueError(f'no money for invoice {invoice}')
    return f'paid {invoice}'

"""The thousand jobs, and what each one must come to: one table for all who ask."""

import work

QUEUES = ('high', 'default', 'low')


def job(number):
    """Job `number`: its queue, function, arguments, keywords, and its outcome.

    The outcome is ('returns', value) or ('raises', last line of the traceback).
    """
    queue = QUEUES[number % 3]
    text = f'Grüße №{number} 🐇'
    rows = (
        (work.add, (number, 2 * number), {}, 'returns', 3 * number),
        (work.nothing, (), {}, 'returns', None),
        (work.fail, (text,), {}, 'raises', f'ValueError: {text}'),
        (work.say, (f'{text}\nand a second line',), {}, 'returns', len(text) + 18),
        (
            work.greet,
            ('Zoë',),
            {'greeting': 'Καλημέρα', 'mark': '!'},
            'returns',
            'Καλημέρα, Zoë!',
        ),
        (
            work.echo,
            (number, None, [1.5, {'a': b'\x00\xff'}]),
            {'text': text},
            'returns',
            ((number, None, [1.5, {'a': b'\x00\xff'}]), {'text': text}),
        ),
        (work.fail_with, (text,), {}, 'raises', f'KeyError: {text!r}'),
        (work.Adder(number).plus, (7,), {}, 'returns', number + 7),
        ('work.add', ('x', '\u2028y'), {}, 'returns', 'x\u2028y'),
        ('work.add', (number, 'x'), {}, 'raises', 'TypeError: unsupported operand type(s) for'),
    )
    function, arguments, keywords, kind, value = rows[number % len(rows)]
    return queue, function, arguments, keywords, (kind, value)

"""The curves of leaks.py as a picture: SVG without a library."""

WIDTH, HEIGHT, LEFT, GAP = 860, 150, 64, 46
COLOURS = ['#1f6feb', '#d1242f', '#1a7f37', '#9a6700', '#8250df', '#57606a']


def draw(rows, kinds):
    panels = [
        ('processes, connections to Redis', ['processes', 'clients']),
        ('descriptors of all processes', ['descriptors']),
        ('keys in Redis, members of hashes and sorted sets', ['keys', 'members']),
        ('memory of the largest process, MiB', [f'{kind}_kb' for kind in kinds]),
    ]
    half = sum(row['part'] == 'jobs' for row in rows)
    last, middle = rows[-1], rows[half - 1]
    parts = [
        f'{middle["jobs"]:,} jobs, undisturbed',
        f'{last["jobs"] - middle["jobs"]:,} jobs, {last["crashes"]:,} crashes, '
        f'{last["reloads"]:,} reloads',
    ]
    total = len(panels) * (HEIGHT + GAP) + 24
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {total}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{total}" fill="white"/>',
    ]
    width = WIDTH - LEFT - 16
    border = LEFT + width * (half - 0.5) / max(1, len(rows) - 1)
    for number, (title, columns) in enumerate(panels):
        top = number * (HEIGHT + GAP) + 34
        scale = 1024 if columns[0].endswith('_kb') else 1
        most = max(row[column] / scale for row in rows for column in columns) * 1.1 or 1
        lines.append(f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{title}</text>')
        lines.append(f'<rect x="{LEFT}" y="{top}" width="{width}" height="{HEIGHT - 20}" '
                     'fill="none" stroke="#d0d7de"/>')
        lines.append(f'<line x1="{border:.1f}" x2="{border:.1f}" y1="{top}" '
                     f'y2="{top + HEIGHT - 20}" stroke="#d0d7de" stroke-dasharray="4"/>')
        for share in (0, 0.5, 1):
            y = top + (HEIGHT - 20) * (1 - share)
            lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">'
                         f'{most * share:.0f}</text>')
        for place, column in enumerate(columns):
            points = ' '.join(
                f'{LEFT + width * x / max(1, len(rows) - 1):.1f},'
                f'{top + (HEIGHT - 20) * (1 - row[column] / scale / most):.1f}'
                for x, row in enumerate(rows))
            colour = COLOURS[place]
            lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                         'stroke-width="1.5"/>')
            name = column.removesuffix('_kb').replace('_', ' ')
            lines.append(f'<text x="{WIDTH - 20 - 84 * (len(columns) - place)}" y="{top - 8}" '
                         f'fill="{colour}">{name}</text>')
    for text, x in zip(parts, (LEFT, border + 6)):
        lines.append(f'<text x="{x:.0f}" y="{total - 8}" fill="#57606a">{text}</text>')
    return '\n'.join(lines + ['</svg>', ''])

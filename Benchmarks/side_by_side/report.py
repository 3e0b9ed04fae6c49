"""The table: medians, ranges and ratios."""

from statistics import median


def shown(value):
    """A figure with three digits that mean something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def span(values):
    """`median (least–most)`."""
    if len(values) == 1:
        return shown(values[0])
    return f"{shown(median(values))} ({shown(min(values))}–{shown(max(values))})"


def row(figure, other, rqd):
    """A figure of both, round by round, and how many times better rqd's is."""
    pairs = zip(rqd, other) if figure.more_is_better else zip(other, rqd)
    ratios = [upper / lower for upper, lower in pairs if lower]
    title = f"{figure.title} ({figure.unit})" if figure.unit else figure.title
    return title, span(other), span(rqd), (span(ratios) + " x") if ratios else "–"


def table(measures, results, names):
    """All figures, as Markdown; of the two contenders the first stands beside the second."""
    other, own = names
    title = "rq worker-pool" if other == "rq" else other
    rows = [("what", title, own, f"{own} is better by")]
    for name, rounds in results.items():
        for key, figure in measures[name].figures.items():
            values = {who: [r[key] for r in rounds[who]] for who in names}
            if all(values.values()):
                rows.append(row(figure, values[other], values[own]))
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths)) + " |" for cells in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def head(machine, rounds, background):
    """What the figures were measured on, in a few lines."""
    lines = [
        "{cpu}, {cores} cores, {memory_mib} MiB, kernel {kernel}".format(**machine),
        "rqd {rqd}, rq {rq}, redis-py {redis_py}, Python {python}, numpy {numpy}, "
        "Redis {redis}".format(**machine),
        f"{rounds} rounds, both in turn; medians, in brackets the least and the most",
    ]
    if background:
        lines.append(
            "other load between the measurements: median {:.0%}, at most {:.0%} of all cores; "
            "load average before: {:.2f}".format(
                median(background), max(background), machine["load_average_before"])
        )
    return "\n".join(lines)

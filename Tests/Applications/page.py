"""What docs/APPLICATIONS.md has for an application: the files to write, word for word."""

import re


def files(page, section):
    """The blocks of a section, by the name in the line before each: "In `NAME`:"."""
    with open(page) as opened:
        text = opened.read()
    found = re.search(r'^## %s\n(.*?)(?=^## |\Z)' % re.escape(section), text, re.M | re.S)
    if not found:
        raise SystemExit('applications: %s has no section "%s"' % (page, section))
    blocks = re.findall(r'^`([^`\n]+)`[^\n]*:\n\n```\w+\n(.*?)^```', found.group(1), re.M | re.S)
    return dict(blocks)

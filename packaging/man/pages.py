#!/usr/bin/python3
"""Makes the manual pages from what the program says of itself and from docs/.

    pages.py RQD VERSION DATE DIRECTORY

rqd(8) comes from the help of RQD, the built program; rqd.conf(5) from docs/CONFIGURATION.md,
whose tables the tests compare with the program's own list of keys. Both become Markdown here;
lowdown(1) turns that into pages.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent


def escaped(text):
    """Plain text as Markdown; what stands in backticks stays code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([\\*_<\[|])", r"\\\1", part) for part in parts
    )


def option(argument):
    """One option or argument as an entry of a definition list."""
    value = argument["valueName"].upper()
    if argument["kind"] == "positional":
        term = f"*{value}*"
    else:
        names = sorted(argument["names"], key=lambda name: name["kind"] == "long")
        term = ", ".join(
            f"**{'--' if name['kind'] == 'long' else '-'}{name['name']}**" for name in names
        )
        if argument["kind"] == "option":
            term += f" *{value}*"
    meaning = argument.get("abstract", "")
    if argument.get("defaultValue"):
        meaning += f" (default: {argument['defaultValue']})"
    return f"{term}\n\n: {escaped(meaning)}\n\n"


def discussion(text):
    """The text below a command's line: paragraphs, and blocks below capitals as they stand."""
    made = ""
    for block in text.split("\n\n"):
        head, _, rest = block.partition("\n")
        if head.isupper() and rest:
            lines = "\n".join("    " + line.strip() for line in rest.split("\n"))
            made += f"{head.capitalize()}:\n\n{lines}\n\n"
        else:
            made += escaped(block) + "\n\n"
    return made


def place(argument):
    """An argument by its place, as a synopsis has it."""
    words = argument["valueName"].upper() + (" ..." if argument["isRepeating"] else "")
    return f"*[{words}]*" if argument["isOptional"] else f"*{words}*"


def command(described):
    """The section of one subcommand."""
    name = described["commandName"]
    shown = [one for one in described["arguments"] if one["shouldDisplay"]]
    shown = [one for one in shown if one["valueName"] not in ("help", "version")]
    places = [one for one in shown if one["kind"] == "positional"]
    words = "".join(" " + place(one) for one in places)
    # lowdown sees no emphasis that begins behind a bracket: the bracket stands in it.
    options = " *[OPTION ...]*" if len(places) < len(shown) else ""
    made = f"## rqd {name}\n\n**rqd {name}**{options}{words}\n\n"
    made += escaped(described["abstract"]) + "\n\n"
    made += discussion(described.get("discussion", ""))
    return made + "".join(option(one) for one in shown)


def program_page(rqd):
    """rqd(8) as Markdown."""
    dumped = subprocess.run(
        [rqd, "--experimental-dump-help"], check=True, capture_output=True, text=True
    )
    root = json.loads(dumped.stdout)["command"]
    parts = root["discussion"].split("\n\n")
    paragraphs = [part for part in parts if not part.split("\n")[0].isupper()]
    blocks = [part for part in parts if part.split("\n")[0].isupper()]
    commands = [one for one in root["subcommands"] if one["shouldDisplay"]]
    commands = [one for one in commands if one["commandName"] != "help"]
    made = "# NAME\n\nrqd - runs the jobs of Python's RQ as one service\n\n"
    made += "# SYNOPSIS\n\n**rqd** *COMMAND* *[OPTION ...]* *[ARGUMENT ...]*\n\n"
    made += "# DESCRIPTION\n\n" + "".join(escaped(part) + "\n\n" for part in paragraphs)
    made += "# COMMANDS\n\n" + "".join(command(one) for one in commands)
    for block in blocks:
        head, _, rest = block.partition("\n")
        lines = "\n".join("    " + line.strip() for line in rest.split("\n"))
        made += f"# {head}\n\n{lines}\n\n"
    return made + (HERE / "rqd.8.md").read_text()


def definitions(rows):
    """The rows of a table of keys as a definition list."""
    made = ""
    for row in rows:
        key, expected, default, meaning = [cell.strip() for cell in row.strip("|").split(" | ")]
        made += f"**{escaped(key.strip('` '))}**\n\n"
        made += f": {meaning} Must be {expected}. Default: {default}.\n\n"
    return made


def configuration_page():
    """rqd.conf(5) as Markdown."""
    text = (ROOT / "docs/CONFIGURATION.md").read_text()
    made, rows = [], []
    in_code = False
    for line in text.split("\n")[1:]:
        if line.startswith("```"):
            in_code = not in_code
        if not in_code and line.startswith("|"):
            if line.startswith("| `"):
                rows.append(line)
            continue
        if rows:
            made.append(definitions(rows))
            rows = []
        if not in_code and line.startswith("#"):
            marks, _, title = line.partition(" ")
            line = f"{'#' * (len(marks) - 1)} {title.upper() if marks == '##' else title}"
        # A link to a page of the repository is its name here.
        made.append(line if in_code else re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", line))
    head = "# NAME\n\nrqd.conf - configuration of rqd\n\n# DESCRIPTION\n"
    return head + "\n".join(made) + "\n" + (HERE / "rqd.conf.5.md").read_text()


def write(path, title, section, markdown, version, date):
    """Has lowdown make one page."""
    meta = [f"-Mtitle={title}", f"-Msection={section}", f"-Mdate={date}",
            f"-Msource=rqd {version}", "-Mvolume=System Manager's Manual"]
    page = subprocess.run(
        ["lowdown", "-s", "-Tman", "--parse-no-metadata", "--parse-no-intraemph",
         "--out-no-smarty", *meta],
        input=markdown, check=True, capture_output=True, text=True,
    ).stdout
    path.write_text(page)


def main():
    rqd, version, date, directory = sys.argv[1:]
    place = pathlib.Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    write(place / "rqd.8", "RQD", "8", program_page(rqd), version, date)
    write(place / "rqd.conf.5", "RQD.CONF", "5", configuration_page(), version, date)


main()

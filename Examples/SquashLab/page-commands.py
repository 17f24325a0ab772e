#!/usr/bin/env python3
"""Prints the commands of a page, after checking that the code it shows is in this package's files.

Each block of code stands after a comment that names its file, or says "run in Examples/SquashLab".
"""
import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1]).read_text()
here = pathlib.Path(__file__).parent
blocks = re.findall(r"(?:<!-- (.*?) -->\n)?```(\w+)\n(.*?)```", page, re.DOTALL)
shown = 0
for source, language, code in blocks:
    if not source:
        sys.exit(f"{sys.argv[1]}: a block of {language} does not say which file it is from")
    if source.startswith("run in "):
        print(code, end="")
    elif code not in (here / source).read_text():
        sys.exit(f"{sys.argv[1]} shows code that is not in {source}:\n{code}")
    else:
        shown += 1
print(f"page-commands: {shown} blocks are in the package", file=sys.stderr)

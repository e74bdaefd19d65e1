#!/usr/bin/env python3
"""A workspace that applies all of a module is right, and so are the rules that are made of it.

    workspace_test.py MODULE

tests/stdlib/MODULE/ uses each sli and profile of std.MODULE and has an example of each alert; relc
finds nothing in it, nor if its Prometheus sees several clusters; promtool accepts the rules and their
tests pass.
"""

import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import e2e
import promtool

OFFERED = re.compile(r"^(?:sli|profile)\s+([A-Za-z][\w-]*)", re.M)
ALERT = re.compile(r"^\s+alert\s+(\w+)", re.M)
SYSTEM = re.compile(r"^system \w+ \{", re.M)
PROVEN = re.compile(r"^\s+alert\s+(\w+)\s*\{\s*example\b", re.M)


def check(workspace):
    status, text = e2e.run(e2e.relc(), "check", workspace, "--deny", "notes", "--now", "2026-11-23")
    if status != 0:
        e2e.fail(f"relc check exits with {status}:\n{text}")


def of_clusters(workspace, folder):
    """A copy of a workspace whose Prometheus sees several clusters."""
    shutil.copytree(workspace, folder)
    system = folder / "shop.rel"
    text, count = SYSTEM.subn(r"\g<0>\n  prometheus { scope_labels = [cluster, region] }\n", system.read_text())
    if count != 1:
        e2e.fail(f"{system.name} has {count} systems")
    system.write_text(text)
    return folder


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    module = sys.argv[1]
    workspace = HERE / module
    library = (e2e.ROOT / "stdlib" / "std" / f"{module}.rel").read_text()
    used = "\n".join(path.read_text() for path in sorted(workspace.glob("*.rel")))
    if unused := [name for name in OFFERED.findall(library) if not re.search(rf"\b{module}\.{re.escape(name)}(?![\w-])", used)]:
        e2e.fail(f"{workspace.name} does not use {', '.join(f'{module}.{name}' for name in unused)}")
    if unproven := set(ALERT.findall(library)) - set(PROVEN.findall(used)):
        e2e.fail(f"{workspace.name} has no example of {', '.join(sorted(unproven))}")

    check(workspace)
    with e2e.scratch() as folder:
        check(of_clusters(workspace, folder / "clusters"))
        e2e.need("promtool")
        if complaint := promtool.judge(workspace, folder / "dist", must_prove=False):
            e2e.fail(complaint)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Holds every #include of the project against the table of rooms: which room may use which.

The table is tests/layering/rooms.txt: one line a room, `room: rooms that it may use`.

    check_includes.py [--root DIR]    exit 1 and a line `file:line: include: rule` for each breach
    check_includes.py --self-test     proves that each sort of breach is found
"""

import argparse
import re
import sys
import tempfile
from pathlib import Path

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
ROOM_CALL = re.compile(r"relc_room\(\s*\w+\s+USES\s+([^)]*?)(?:\bPRIVATE\b[^)]*)?\)")
TABLE = "tests/layering/rooms.txt"
SOURCES = {".h", ".cpp", ".inc"}
BACKENDS = "backends/*"
LOOSE = "pipeline"  # the files that stand in compiler/ itself
ANTLR = "antlr"


class TableError(Exception):
    pass


def read_table(root):
    """room -> the rooms that it may use, itself left out."""
    table = {}
    for line in (root / TABLE).read_text().splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        room, colon, uses = line.partition(":")
        room = room.strip()
        if not colon or room in table:
            raise TableError(f"{TABLE}: not a row, or the second of its room: `{line}`")
        names = list(table) if uses.strip() == "everything above" else uses.split()
        if room != ANTLR:
            for name in names:
                if name not in table:
                    raise TableError(f"{TABLE}: `{room}` may use `{name}`, which does not stand above it")
        table[room] = set(names)
    return table


def room_of(path, table):
    """The room of a path relative to the root, or None if it is in no folder that has rooms."""
    parts = Path(path).parts
    if parts[0] == "compiler" and len(parts) > 1:
        return parts[1] if len(parts) > 2 else LOOSE
    if parts[0] == "backends" and len(parts) > 2:
        return parts[1] if parts[1] in table else "backends/" + parts[1]
    return None


def row_of(room):
    return BACKENDS if room.startswith("backends/") else room


def may_use(table, user, used):
    if user == used:
        return True
    # The wildcard stands for every backend, but no backend may use another.
    return row_of(used) in table[row_of(user)] and not (
        user.startswith("backends/") and used.startswith("backends/")
    )


def rule(table, user):
    uses = " ".join(sorted(table[row_of(user)])) or "nothing"
    return f"the table of rooms lets `{row_of(user)}` use {uses}"


def source_files(root):
    for top in ("compiler", "backends", "bench", "tests"):
        for path in sorted((root / top).rglob("*")) if (root / top).is_dir() else ():
            if path.suffix in SOURCES and path.is_file():
                yield path


def check(root):
    """All breaches, as printable lines, and the count of includes that were looked at."""
    table = read_table(root)
    breaches = []

    # Rooms and folders are the same set.
    folders = {p.name for p in (root / "compiler").iterdir() if p.is_dir()}
    backends = {p.name for p in (root / "backends").iterdir() if p.is_dir()}
    if any(p.suffix in SOURCES for p in (root / "compiler").iterdir()):
        folders.add(LOOSE)
    for room in table:
        if room not in folders | backends | {BACKENDS, ANTLR}:
            breaches.append(f"{TABLE}: room `{room}` has no folder in compiler/ or backends/")
    for name in sorted(folders - set(table)):
        breaches.append(f"compiler/{name}: is in no row of {TABLE}")
    if BACKENDS not in table:
        for name in sorted(backends - set(table)):
            breaches.append(f"backends/{name}: is in no row of {TABLE}")

    includes = {}  # path relative to the root -> [(line, quoted or not, what)]
    for path in source_files(root):
        content = path.read_text(errors="replace")
        includes[path.relative_to(root).as_posix()] = [
            (content.count("\n", 0, m.start()) + 1, m.group(1) == '"', m.group(2))
            for m in INCLUDE.finditer(content)
        ]

    def is_antlr(quoted, what):
        # Our own includes start at the root, and what CMake generates for a room ends in .inc:
        # any other quoted name is one of ANTLR's headers or of what ANTLR generated.
        if what.startswith("antlr4"):
            return True
        return quoted and "/" not in what and not what.endswith(".inc")

    # Files that see ANTLR, directly or through a header of ours.
    sees_antlr = {f for f, found in includes.items() if any(is_antlr(q, w) for _, q, w in found)}
    while True:
        more = {f for f, found in includes.items() if any(w in sees_antlr for _, _, w in found)}
        if more <= sees_antlr:
            break
        sees_antlr |= more

    for file, found in includes.items():
        room = room_of(file, table)
        place = room or Path(file).parts[0]
        for line, quoted, what in found:
            where = f"{file}:{line}: `{what}`"
            if (is_antlr(quoted, what) or what in sees_antlr) and place not in table.get(ANTLR, ()):
                allowed = " ".join(sorted(table.get(ANTLR, ()))) or "nobody"
                breaches.append(f"{where}: brings in ANTLR's headers, which only {allowed} may see")
                continue
            used = room_of(what, table) if quoted else None
            if used is None or room is None or row_of(room) not in table:
                continue
            if row_of(used) not in table:
                breaches.append(f"{where}: `{used}` is in no row of {TABLE}")
            elif room.startswith("backends/") and used.startswith("backends/") and room != used:
                breaches.append(f"{where}: a backend may not include another backend")
            elif not may_use(table, room, used):
                breaches.append(f"{where}: {rule(table, room)}")

    # What a room's library is linked to keeps to the same table.
    for path in sorted(root.glob("compiler/*/CMakeLists.txt")) + sorted(
        root.glob("backends/*/CMakeLists.txt")
    ):
        file = path.relative_to(root).as_posix()
        room = room_of(file, table)
        if row_of(room) not in table:
            continue
        content = re.sub(r"#.*", "", path.read_text())
        for call in ROOM_CALL.finditer(content):
            for name in call.group(1).split():
                used = name if name in table else "backends/" + name
                if not may_use(table, room, used):
                    line = content.count("\n", 0, call.start()) + 1
                    breaches.append(f"{file}:{line}: `USES {name}`: {rule(table, room)}")
    return breaches, sum(len(found) for found in includes.values())


ROOMS = "source:\nsyntax: source\nemit:\nbackends/*: source emit\ndriver: everything above\nantlr: syntax\n"
GOOD = {
    TABLE: f"# House\n{ROOMS}",
    "compiler/source/source.h": "#pragma once\n#include <string>\n",
    "compiler/syntax/tree.h": '#include "compiler/source/source.h"\n#include "table.inc"\n',
    "compiler/syntax/lexer.cpp": '#include "RelLexer.h"\n#include "compiler/syntax/tree.h"\n',
    "compiler/syntax/private.h": "#include <antlr4-runtime.h>\n",
    "compiler/syntax/CMakeLists.txt": "relc_room(syntax USES source PRIVATE relc_grammar_rel)\n",
    "compiler/driver/main.cpp": '#include "backends/json/json.h"\n#include "compiler/syntax/tree.h"\n',
    "backends/emit/yaml.h": "#include <string>\n",
    "backends/json/json.h": '#include "backends/emit/yaml.h"\n',
    "backends/toml/toml.h": '#include "compiler/source/source.h"\n',
    "tests/unit/a.cpp": '#include "compiler/syntax/tree.h"\n',
}
# One changed or added file each, and what the finding must say.
BAD = [
    ("compiler/source/up.cpp", '\n#include "compiler/syntax/tree.h"\n',
     "compiler/source/up.cpp:2: `compiler/syntax/tree.h`: the table of rooms lets `source` use nothing"),
    ("backends/json/x.cpp", '  #  include "compiler/syntax/tree.h"\n', "backends/json/x.cpp:1:"),
    ("backends/json/y.cpp", '#include "backends/toml/toml.h"\n', "a backend may not include another"),
    ("backends/emit/z.cpp", '#include "backends/json/json.h"\n', "lets `emit` use nothing"),
    ("compiler/driver/a.cpp", '#include "RelParser.h"\n', "brings in ANTLR's headers"),
    ("compiler/driver/b.cpp", "#include <antlr4-runtime.h>\n", "brings in ANTLR's headers"),
    ("tests/unit/b.cpp", '#include "compiler/syntax/private.h"\n', "only syntax may see"),
    ("compiler/extra/e.h", "\n", "compiler/extra: is in no row"),
    ("compiler/loose.cpp", "\n", "compiler/pipeline: is in no row"),
    ("compiler/driver/c.cpp", '#include "compiler/gone/g.h"\n', "`gone` is in no row"),
    (TABLE, ROOMS + "lsp: driver\n", "room `lsp` has no folder"),
    (TABLE, "source: syntax\nsyntax:\n", "does not stand above it"),
    (TABLE, ROOMS + "source:\n", "the second of its room"),
    ("compiler/syntax/CMakeLists.txt", "relc_room(syntax USES source driver)\n", "`USES driver`"),
]


def outcome(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content)
        try:
            return check(root)[0]
        except TableError as error:
            return [str(error)]


def self_test():
    failures = [f"the good tree is refused: {line}" for line in outcome(GOOD)]
    for name, content, expected in BAD:
        found = outcome({**GOOD, name: content})
        if not any(expected in line for line in found):
            failures.append(f"{name}: expected `{expected}`, found {found}")
    return failures, f"{len(BAD)} sorts of breach are found, the good tree passes"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    try:
        if options.self_test:
            breaches, summary = self_test()
        else:
            breaches, count = check(options.root)
            summary = f"{count} includes keep to the table of rooms"
    except TableError as error:
        breaches, summary = [str(error)], ""
    for line in breaches:
        print(line)
    if not breaches:
        print(summary)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

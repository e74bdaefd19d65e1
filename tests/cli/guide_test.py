#!/usr/bin/env python3
"""Does what the guide tells: writes the files that it shows, runs its commands, compares the output.

The chapters of docs/guide are one story about one workspace, in the order of their names:

- a `rel` block that begins with the comment `// path.rel` changes that file: its declarations replace
  those of the same kind and name, or are added. In a declaration that holds the comment `// …` the
  members do so, and what is not shown stays, but for what `// … without owner, slo latency` names.
  The info string `rel whole` replaces the whole file;
- `rel REL0103` is a mistake: it must raise exactly the codes listed, and is gone after the `console`
  block behind it;
- a `console` block holds commands (`$ …`) and what they print, where `…` stands for any text.

Every block but the mistakes is in the canonical layout, and after each chapter the workspace checks
without warnings.
"""

import json
import os
import re
import shutil
import subprocess
import unittest

from cli import CLEAN, RELC, ROOT, Case, environment, main, relc, write

CHAPTERS = sorted((ROOT / "docs/guide").glob("[0-9]*.md"))
TODAY = 1795478400  # 2026-11-24
COMMANDS = {"relc", "ls", "mkdir", "mv", "rm", "cd", "promtool"}


def blocks(text):
    """(line, info string, content) of each fenced block."""
    for found in re.finditer(r"^```(\S[^\n]*)\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, found.start()) + 1, found[1].split(), found[2]


REST = re.compile(r"\s*// …(?: without ([^\n]*))?\n")
TOKEN = re.compile(r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\\n])*"|`[^`]*`|//[^\n]*|[{}\n]|[^"`/{}\n]+|.')


def members(text):
    """Splits declarations or members into their texts, each with the comments above it."""
    found, current, depth, content = [], "", 0, False
    for token in TOKEN.findall(text):
        current += token
        depth += {"{": 1, "}": -1}.get(token, 0)
        content = content or not (token.isspace() or token.startswith("//"))
        if token == "\n" and depth == 0 and content:
            found.append(current)
            current, content = "", False
    return found


def code(member):
    return "".join(line + "\n" for line in member.splitlines()
                   if line.strip() and not line.strip().startswith("//"))


def key(member):
    """Kind and name, or the attribute; None for a block without a name, of which there are many."""
    head = re.split(r"[{=]| is ", code(member), maxsplit=1)[0].split()
    return None if head in (["step"], ["event"], ["example"]) else tuple(head)


def merge(old, new):
    """The members of `old` with those of `new` in their places or behind them."""
    result = members(old)
    for member in members(new):
        places = {key(each): at for at, each in enumerate(result) if key(each)}
        at = places.get(key(member))
        if at is None:
            result.insert(0 if code(member).startswith("import ") else len(result), member)
            continue
        old_head, old_body, end = parts(result[at])
        head, body, _ = parts(member)
        if kept := REST.match(body):
            if " is " in code(head):
                head = old_head.replace(code(old_head), code(head))
            elif "//" not in head:
                head = old_head
            gone = {tuple(name.split()) for name in (kept[1] or "").split(", ")}
            left = "".join(each for each in members(old_body) if key(each) not in gone)
            member = head + merge(left, body[kept.end():]) + end
        result[at] = member
    return "".join(result)


def parts(member):
    """What stands before the body, the body, and what stands behind; no body if it is on one line."""
    if "{\n" not in member:
        return member, "", ""
    begin = member.index("{\n") + 2
    end = len(member[:member.rindex("}")].rstrip(" "))
    return member[:begin], member[begin:end], member[end:]


def updated(expected, actual):
    """What is printed; where `…` stands for something, only numbers are changed."""
    if "…" not in expected:
        return actual.strip() + "\n" * expected.endswith("\n")
    def shape(line):
        return re.sub(r"\d+", "0", re.sub("[- ]+", " ", line))
    printed = {}
    for line in actual.splitlines():
        printed.setdefault(shape(line), []).append(line)
    return "".join(printed[shape(line)].pop(0) + "\n" if printed.get(shape(line)) else line + "\n"
                   for line in expected.splitlines())


class Guide(Case):
    def setUp(self):
        super().setUp()
        self.env = environment(SOURCE_DATE_EPOCH=TODAY)
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "relc").symlink_to(RELC)
        self.env["PATH"] = f"{programs}:{self.env['PATH']}"

    @property
    def root(self):
        root = self.folder / "bikes"
        return root if root.exists() else self.folder

    def change(self, info, text):
        first, rest = text.split("\n", 1)
        self.assertTrue(first.startswith("// ") and first.endswith(".rel"), "the block names no file")
        path = self.root / first[3:]
        old = path.read_text() if path.exists() and "whole" not in info else ""
        write(self.root, {first[3:]: merge(old, rest) if old else rest.lstrip("\n")})

    def codes(self):
        done = relc("check", "--format", "json", cwd=self.root, env=self.env)
        return {finding["code"] for finding in json.loads(done.out)["findings"]}

    def console(self, text):
        for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
            command, expected = part.split("\n", 1)
            program = command.split()[0]
            self.assertIn(program, COMMANDS)
            if program == "cd" or program == "promtool" and not shutil.which(program):
                continue
            done = subprocess.run(["bash", "-c", command], cwd=self.root, env=self.env, timeout=60,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            actual = done.stdout.decode()
            pattern = "(?:.|\n)*?".join(re.escape(piece) for piece in expected.strip().split("…"))
            if not re.fullmatch(pattern, actual.strip()):
                # As in other tests: RELC_UPDATE=1 writes what is printed, to be reviewed.
                if os.environ.get("RELC_UPDATE"):
                    self.chapter.write_text(
                        self.chapter.read_text().replace(expected, updated(expected, actual)))
                    continue
                self.fail(f"`{command}` prints\n{actual}\nand not\n{expected}")

    def test_guide(self):
        self.assertTrue(CHAPTERS)
        kept = self.folder.parent / (self.folder.name + "-kept")
        self.addCleanup(shutil.rmtree, kept, ignore_errors=True)
        for chapter in CHAPTERS:
            self.chapter = chapter
            mistake = False

            def undo():
                if mistake:
                    shutil.rmtree(self.folder)
                    kept.rename(self.folder)

            for line, info, text in blocks(chapter.read_text()):
                with self.subTest(f"{chapter.name}:{line}"):
                    if info[0] == "rel":
                        undo()
                        mistake = any(word.startswith("REL") for word in info)
                        if mistake:
                            shutil.copytree(self.folder, kept, symlinks=True)
                        self.change(info, text)
                        if mistake:
                            self.assertEqual(self.codes(), set(info[1:]))
                        else:
                            done = relc("fmt", "-", stdin=text.encode())
                            self.assertEqual(done.out, text)
                    elif info[0] == "console":
                        self.console(text)
                        undo()
                        mistake = False
            undo()
            with self.subTest(f"{chapter.name}: the end"):
                done = relc("check", "--deny", "warnings", cwd=self.root, env=self.env)
                self.expect(done, CLEAN)


if __name__ == "__main__":
    main()

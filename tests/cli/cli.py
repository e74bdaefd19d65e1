"""What the tests of the command line share. RELC names the compiler; without it the release build is
taken. Nothing is written outside a temporary folder.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
RELC = pathlib.Path(os.environ.get("RELC", ROOT / "build/release/relc")).resolve()

CLEAN, FINDINGS, UNUSABLE = 0, 1, 2

SYSTEM = "system example {}\n"
CLEAN_SERVICE = """
team payments { chat = slack-payments }

service checkout {
  owner = payments
  tier  = tier3
}
"""
WITH_RULES = """
import std.http

team payments { chat = slack-payments }

/// Turns a cart into a paid order.
service checkout {
  owner = payments
  tier  = tier1

  slo availability {
    objective = 99.9%
    sli       = http.availability({job="checkout"})
    runbook   = errors
  }

  runbook errors { summary = "Find out why checkout fails" }
}
"""
WARNING = "let unused = 2s\n"
ERROR = "service catalog { ownr = payments }\n"


class Done:
    """What a finished run of relc left behind: exit status, standard output and error as bytes."""

    def __init__(self, command, completed):
        self.command = " ".join(map(str, command))
        self.status = completed.returncode
        self.raw = completed.stdout
        self.out = completed.stdout.decode(errors="replace")
        self.err = completed.stderr.decode(errors="replace")

    def __str__(self):
        return f"{self.command}\nexit {self.status}\n--- stdout\n{self.out[:3000]}\n--- stderr\n{self.err[:3000]}"


def environment(**changes):
    """The environment without what changes how relc speaks, and with `changes`."""
    clean = {k: v for k, v in os.environ.items()
             if k not in ("NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "SOURCE_DATE_EPOCH")}
    clean.update({k: str(v) for k, v in changes.items()})
    return clean


def relc(*arguments, cwd=None, stdin=b"", env=None, timeout=120, program=RELC):
    command = [str(program), *map(str, arguments)]
    return Done(command, subprocess.run(command, cwd=cwd, input=stdin, capture_output=True,
                                        env=env or environment(), timeout=timeout))


def write(folder, files):
    """Writes texts or bytes by their paths relative to the folder."""
    for path, content in files.items():
        file = pathlib.Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def parts(text, name):
    """The files of a test file: text behind `//--- PATH` lines, or all of it as `name`."""
    pieces = re.split(r"^//--- (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2])) or {name: text}


def snapshot(folder):
    """Bytes and time of change of every file below a folder."""
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}


def contents(folder):
    return {path: content for path, (content, _) in snapshot(folder).items()}


class Case(unittest.TestCase):
    """A test with a temporary folder of its own. It lies beside the compiler: what others leave in
    the system's one could make that a workspace, and this folder a part of it."""

    def setUp(self):
        self._stack = contextlib.ExitStack()
        self.folder = pathlib.Path(self._stack.enter_context(
            tempfile.TemporaryDirectory(prefix="relc-cli-", dir=RELC.parent))).resolve()
        self.addCleanup(self._stack.close)

    def workspace(self, files=None, name="workspace"):
        root = self.folder / name
        root.mkdir(exist_ok=True)
        write(root, files or {"system.rel": SYSTEM, "checkout.rel": CLEAN_SERVICE})
        return root

    def expect(self, done, status, out=None, err=None):
        self.assertEqual(done.status, status, str(done))
        if out is not None:
            self.assertIn(out, done.out, str(done))
        if err is not None:
            self.assertIn(err, done.err, str(done))
        return done


def main():
    if not os.access(RELC, os.X_OK):
        raise SystemExit(f"no compiler at {RELC}: build it, or set RELC to its path")
    unittest.main(verbosity=1)

#!/usr/bin/env python3
"""promtool accepts what tests/rules generates, and its generated proofs hold."""

import shutil
import subprocess
import unittest

from cli import CLEAN, ROOT, SYSTEM, Case, main, parts, relc

SKIPPED = 77


class Rules(Case):
    def test_promtool(self):
        for program in sorted((ROOT / "tests/rules").glob("*.rel")):
            with self.subTest(program.name):
                text = program.read_text()
                system = {} if "\nsystem " in text else {"system.rel": SYSTEM}
                root = self.workspace(parts(text, "a.rel") | system, program.stem)
                self.expect(relc("build", root), CLEAN)
                for file in root.glob("dist/prometheus/*.rules.yaml"):
                    self.promtool("check", "rules", "--lint=all", "--lint-fatal", file)
                for file in root.glob("dist/prometheus/tests/*.test.yaml"):
                    self.promtool("test", "rules", file)

    def promtool(self, *command):
        done = subprocess.run(["promtool", *map(str, command)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr[-2000:])


if __name__ == "__main__":
    if not shutil.which("promtool"):
        print("skipped: promtool not found")
        raise SystemExit(SKIPPED)
    main()

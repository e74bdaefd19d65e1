#!/usr/bin/env python3
"""The first minutes: init, fmt, debug."""

import shutil
import subprocess

from cli import (CLEAN, CLEAN_SERVICE, ERROR, EXAMPLES, FINDINGS, ROOT, SYSTEM, UNUSABLE, Case, contents, main,
                 relc, snapshot, write)


class Init(Case):
    def works(self, folder):
        self.expect(relc("check", "--deny", "notes", folder), CLEAN, out="no findings")
        self.expect(relc("fmt", "--check", folder), CLEAN)
        done = self.expect(relc("build", folder), CLEAN)
        rules = list(folder.glob("dist/prometheus/*.rules.yaml"))
        self.assertTrue(rules, str(done))
        if shutil.which("promtool"):
            for file in rules:
                subprocess.run(["promtool", "check", "rules", file], check=True, capture_output=True)

    def test_here(self):
        folder = self.folder / "my-shop"
        folder.mkdir()
        self.expect(relc("init", cwd=folder), CLEAN, out="relc check")
        self.assertIn("system my-shop {", (folder / "system.rel").read_text())
        self.works(folder)

    def test_there(self):
        self.expect(relc("init", "new/deep", cwd=self.folder), CLEAN, out="relc check new/deep")
        self.works(self.folder / "new/deep")

    def test_names_that_are_no_names(self):
        for name in ("2026 plans", "größe", "a.b", "--", "let", "true", "import", "系统", "-x"):
            with self.subTest(name):
                folder = self.folder / name
                self.expect(relc("init", "--", folder), CLEAN)
                self.works(folder)

    def test_refuses_where_something_is(self):
        root = self.workspace()
        before = snapshot(root)
        self.expect(relc("init", root), UNUSABLE, err="nothing was written")
        self.assertEqual(snapshot(root), before)

    def test_other_files_stay(self):
        root = self.folder / "repository"
        write(root, {"README.md": "Hello", ".git/HEAD": "ref: refs/heads/main\n"})
        self.expect(relc("init", root), CLEAN)
        self.assertEqual((root / "README.md").read_text(), "Hello")
        self.works(root)

    def test_cannot_make_the_folder(self):
        write(self.folder, {"file": ""})
        self.expect(relc("init", self.folder / "file"), UNUSABLE, err="file")
        self.expect(relc("init", self.folder / "file/below"), UNUSABLE, err="below")


class Format(Case):
    UGLY = "service   checkout{owner=payments\ntier = tier3}\n"

    def test_check_changes_nothing(self):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": self.UGLY})
        before = snapshot(root)
        self.expect(relc("fmt", "--check", root), FINDINGS, out="a.rel")
        self.assertEqual(snapshot(root), before)

    def test_writes_once(self):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": self.UGLY})
        self.expect(relc("fmt", root), CLEAN, out="a.rel")
        text = (root / "a.rel").read_text()
        self.assertEqual(text, "service checkout {\n  owner = payments\n  tier  = tier3\n}\n")
        self.expect(relc("fmt", "--check", root), CLEAN)
        before = snapshot(root)
        self.expect(relc("fmt", root), CLEAN)
        self.assertEqual(snapshot(root), before)

    def test_standard_input(self):
        self.expect(relc("fmt", "-", stdin=self.UGLY.encode()), CLEAN, out="  owner = payments\n")
        self.expect(relc("fmt", "--check", "-", stdin=self.UGLY.encode()), FINDINGS)

    def test_broken_files_keep_what_does_not_parse(self):
        broken = "service   checkout{\n  owner == payments {{{\n"
        root = self.workspace({"a.rel": broken})
        self.expect(relc("fmt", root / "a.rel"), CLEAN, err="syntax")
        self.assertEqual((root / "a.rel").read_text(), broken)

    def test_mode_and_links_stay(self):
        root = self.workspace({"a.rel": self.UGLY})
        (root / "a.rel").chmod(0o640)
        (root / "b.rel").symlink_to("a.rel")
        self.expect(relc("fmt", root / "b.rel"), CLEAN)
        self.assertTrue((root / "b.rel").is_symlink())
        self.assertEqual((root / "a.rel").stat().st_mode & 0o777, 0o640)
        self.assertIn("tier  = tier3", (root / "a.rel").read_text())

    def test_own_sources_are_canonical(self):
        self.expect(relc("fmt", "--check", EXAMPLES, ROOT / "stdlib"), CLEAN)


class Debug(Case):
    def test_phases_print(self):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": CLEAN_SERVICE})
        self.expect(relc("debug", "tokens", root / "a.rel"), CLEAN, out="`checkout`")
        self.expect(relc("debug", "tree", root / "a.rel"), CLEAN, out="declaration `service` `checkout`")
        self.expect(relc("debug", "model", root), CLEAN, out="service checkout")
        self.expect(relc("debug", "model", "--library", root), CLEAN, out="burn_policy standard")

    def test_findings_go_to_standard_error(self):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": "service {"})
        done = self.expect(relc("debug", "tree", root / "a.rel"), FINDINGS, err="REL0002")
        self.assertNotIn("REL0002", done.out)


if __name__ == "__main__":
    main()

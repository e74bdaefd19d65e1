#!/usr/bin/env python3
"""Which files make up a workspace, and what happens when they cannot be read."""

import os
import unittest

from cli import (CLEAN, CLEAN_SERVICE, ERROR, FINDINGS, SYSTEM, UNUSABLE, Case, main, relc, write)


class Discovery(Case):
    def test_from_inside_above_and_by_file(self):
        root = self.workspace({"system.rel": SYSTEM, "shop/cart/cart.rel": CLEAN_SERVICE + ERROR})
        for where, argument in ((root, "."), (root / "shop/cart", "."), (self.folder, "workspace"),
                                (self.folder, "workspace/shop"), (self.folder, "workspace/shop/cart/cart.rel"),
                                (self.folder, ".")):
            with self.subTest(where=where, argument=argument):
                done = self.expect(relc("check", argument, cwd=where), FINDINGS)
                # Paths are relative to the workspace, wherever one stands.
                self.assertIn("shop/cart/cart.rel:", done.out)
                self.assertIn("in 2 files", done.out)
        self.expect(relc("check", cwd=root / "shop"), FINDINGS)

    def test_no_system(self):
        root = self.workspace({"a.rel": CLEAN_SERVICE})
        self.expect(relc("check", root), UNUSABLE, err="relc init")
        self.expect(relc("build", root), UNUSABLE, err="system")
        self.assertFalse((root / "dist").exists())

    def test_no_files(self):
        self.expect(relc("check", self.folder), UNUSABLE, err="no workspace")

    def test_two_systems(self):
        root = self.workspace({"a.rel": SYSTEM, "b.rel": "system other {}\n"})
        self.expect(relc("check", root), FINDINGS, out="REL0301")

    def test_two_workspaces_below(self):
        self.workspace({"system.rel": SYSTEM}, "one")
        self.workspace({"system.rel": SYSTEM}, "two")
        done = self.expect(relc("check", self.folder), UNUSABLE, err="several workspaces")
        self.assertIn("one", done.err)
        self.assertIn("two", done.err)

    def test_hidden_folders_are_not_read(self):
        root = self.workspace({"system.rel": SYSTEM, ".git/x.rel": ERROR, "node_modules/y/z.rel": ERROR})
        self.expect(relc("check", root), CLEAN, out="in 1 file,")

    def test_names_that_shells_dislike(self):
        root = self.workspace({"system.rel": SYSTEM, "a b/ü'\"$(x)\n.rel": ERROR}, "work space")
        done = self.expect(relc("check", root), FINDINGS)
        self.assertNotIn("\n.rel", done.out)
        self.expect(relc("check", "--format", "json", root), FINDINGS)


class Reading(Case):
    def test_pipe(self):
        root = self.workspace()
        os.mkfifo(root / "pipe.rel")
        self.expect(relc("check", root, timeout=20), FINDINGS, out="pipe.rel")
        self.expect(relc("build", root, timeout=20), FINDINGS)
        self.assertFalse((root / "dist").exists())

    @unittest.skipIf(os.geteuid() == 0, "root may read every file")
    def test_mode(self):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": CLEAN_SERVICE})
        (root / "a.rel").chmod(0)
        self.expect(relc("check", root), FINDINGS, out="REL0302")

    def test_dangling_link(self):
        root = self.workspace()
        (root / "gone.rel").symlink_to("nowhere.rel")
        self.expect(relc("check", root), FINDINGS, out="gone.rel")

    def test_link_inside(self):
        root = self.workspace({"system.rel": SYSTEM})
        write(root, {"texts/team.txt": CLEAN_SERVICE})
        (root / "team.rel").symlink_to("texts/team.txt")
        self.expect(relc("check", root), CLEAN, out="in 2 files")

    def test_link_that_leads_out(self):
        root = self.workspace()
        write(self.folder, {"secret.txt": "the password is swordfish\n"})
        (root / "secret.rel").symlink_to(self.folder / "secret.txt")
        done = self.expect(relc("check", root), FINDINGS, out="secret.rel")
        self.assertNotIn("swordfish", done.out + done.err)

    def test_loops_of_links(self):
        root = self.workspace()
        (root / "loop").symlink_to(".")
        (root / "up").symlink_to("..")
        (root / "self.rel").symlink_to("self.rel")
        self.expect(relc("check", root, timeout=20), FINDINGS, out="self.rel")
        (root / "self.rel").unlink()
        self.expect(relc("check", root, timeout=20), CLEAN, out="in 2 files")

    def test_folder_with_the_name_of_a_file(self):
        root = self.workspace({"system.rel": SYSTEM, "x.rel/team.rel": CLEAN_SERVICE})
        self.expect(relc("check", root), CLEAN, out="in 2 files")

    def test_deep_folders(self):
        root = self.workspace({"system.rel": SYSTEM, "/".join(["d"] * 100) + "/a.rel": CLEAN_SERVICE})
        self.expect(relc("check", root), CLEAN, out="in 2 files")

    def test_empty_file(self):
        root = self.workspace({"system.rel": SYSTEM, "empty.rel": b"", "nothing.rel": "\n\n// nothing\n"})
        self.expect(relc("check", root), CLEAN, out="in 3 files")

    def test_large_file(self):
        root = self.workspace()
        write(root, {"large.rel": b"// filler\n" * 2_100_000})  # 20 MiB
        self.expect(relc("check", root), FINDINGS, out="REL0005")

    def test_any_bytes(self):
        root = self.workspace({"system.rel": SYSTEM, "bytes.rel": bytes(range(256)) * 64})
        done = self.expect(relc("check", root), FINDINGS)
        self.assertNotIn("\x1b", done.out)
        write(root, {"bytes.rel": b"\x00" * 100_000})
        self.expect(relc("check", root, timeout=30), FINDINGS)

    def test_standard_input_is_not_read(self):
        self.expect(relc("check", self.workspace(), stdin=b"service {"), CLEAN)


class Fix(Case):
    def test_mends_and_reports_what_is_left(self):
        program = "team payments { chat: slack-payments }\n\nservise checkout { owner = payments  tier = tier9x }\n"
        root = self.workspace({"system.rel": SYSTEM, "a.rel": program})
        self.expect(relc("check", "--fix", root), FINDINGS, out="tier9x")
        text = (root / "a.rel").read_text()
        self.assertIn("chat = slack-payments", text)
        self.assertIn("service checkout", text)

    def test_clean_files_are_not_touched(self):
        root = self.workspace()
        before = (root / "checkout.rel").stat().st_mtime_ns
        self.expect(relc("check", "--fix", root), CLEAN)
        self.assertEqual((root / "checkout.rel").stat().st_mtime_ns, before)


if __name__ == "__main__":
    main()

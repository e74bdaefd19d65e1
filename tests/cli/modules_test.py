#!/usr/bin/env python3
"""Libraries: which folders an import may read, what is shown and changed of them, and that a build
notices when they change."""

import os
import pathlib
import shutil
import tempfile
import time
import unittest

from cli import CLEAN, FINDINGS, SYSTEM, Case, contents, main, relc, snapshot, write

NOW = "--now=2026-11-23"
PLATFORM = """library platform { version = "1.4.0" }

let slow = 300ms

team sre { chat = sre }

datastore orders-db { owner = sre  tier = tier3 }

sli requests {
  parameter selector { type = selector }

  good  = `requests_total{$selector, code!~"5.."}`
  total = `requests_total{$selector}`
}

runbook look { summary = "Look" }
"""
CHECKOUT = """import "../platform" { version = "1.2" }

service checkout {
  owner = platform.sre
  tier  = tier3
  needs platform.orders-db { timeout = platform.slow }

  slo availability {
    objective = 99.9%
    sli       = platform.requests({job="checkout"})
    runbook   = platform.look
  }
}
"""


class Modules(Case):
    def setUp(self):
        super().setUp()
        # Not the repository of the compiler: one of the test's own.
        (self.folder / "repo/.git").mkdir(parents=True)
        self.repo = self.folder / "repo"
        self.root = self.repo / "shop"
        self.put({"shop/system.rel": SYSTEM, "shop/checkout.rel": CHECKOUT,
                  "platform/platform.rel": PLATFORM})

    def put(self, files):
        write(self.repo, files)

    def check(self, status, *options, out=None, **keywords):
        return self.expect(relc("check", *options, self.root, **keywords), status, out=out)


class Reading(Modules):
    def test_beside_the_workspace(self):
        for where, argument in ((self.root, "."), (self.repo, "shop"), (self.folder, "repo/shop")):
            with self.subTest(where=where):
                self.expect(relc("check", argument, cwd=where), CLEAN, out="no findings in 2 files")

    def test_findings_have_the_path_from_the_workspace(self):
        self.put({"platform/deep/x.rel": "team a { chatt = a }\nlet unused = 1s\n"})
        for where in (self.root, self.repo, self.repo / "platform"):
            with self.subTest(where=where):
                done = self.expect(relc("check", self.root, cwd=where), FINDINGS)
                self.assertIn("../platform/deep/x.rel:1:10", done.out)
                self.assertNotIn("unused", done.out)
        for form in ("json", "sarif", "github", "junit"):
            self.check(FINDINGS, "--format", form, out="../platform/deep/x.rel")

    def test_a_library_of_a_library(self):
        self.put({"platform/more.rel": 'import "../base/people" as p\nteam x { chat = x  lead = p.ada }\n',
                  "base/people/x.rel": 'person ada { email = "ada@example.com" }\n'})
        self.check(CLEAN)
        self.put({"base/people/x.rel": 'person ada { mail = "ada@example.com" }\n'})
        self.check(FINDINGS, out="../base/people/x.rel")

    def test_one_folder_by_different_paths_is_one_module(self):
        os.symlink("platform", self.repo / "link")
        self.put({"shop/a/b/cart.rel": 'import "../../../link" as link\nimport "../../../shop/../platform/." as dot\n'
                                       "service cart { owner = link.sre  tier = tier3\n"
                                       "  needs [platform.orders-db, link.orders-db] { timeout = dot.slow } }\n"})
        done = self.check(FINDINGS, out="`link.orders-db` stands twice")
        self.assertEqual(done.out.count("error["), 1, done.out)

    def test_hidden_folders_and_other_files_are_not_read(self):
        self.put({"platform/.git/x.rel": "nonsense", "platform/node_modules/x.rel": "nonsense",
                  "platform/notes.txt": "nonsense"})
        self.check(CLEAN)

    def test_missing_empty_and_file(self):
        (self.repo / "empty/.hidden").mkdir(parents=True)
        self.put({"empty/readme.md": "x", "empty/.hidden/x.rel": ""})
        for folder, text in (("../nothing", "there is no folder"), ("../empty", "holds no `.rel` file"),
                             ("../platform/platform.rel", "is a file"),
                             ("../platform/platform.rel/x", "there is no folder"),
                             ("../" + "x" * 300, "cannot read"), ("../" * 3000 + "x", "REL0303")):
            with self.subTest(folder=folder[:40]):
                self.put({"shop/x.rel": f'import "{folder}" as x\n'})
                self.check(FINDINGS, out=text)

    @unittest.skipIf(os.geteuid() == 0, "root may read every file")
    def test_mode(self):
        (self.repo / "platform/platform.rel").chmod(0)
        self.check(FINDINGS, out="REL0302")

    def test_what_cannot_be_read(self):
        os.mkfifo(self.repo / "platform/pipe.rel")
        (self.repo / "platform/gone.rel").symlink_to("nowhere.rel")
        done = self.check(FINDINGS, out="cannot read `../platform/pipe.rel`", timeout=20)
        self.assertIn("cannot read `../platform/gone.rel`", done.out)
        self.assertEqual(done.out.count("REL0302]"), 2, done.out)  # the rest is there
        self.expect(relc("build", NOW, self.root, timeout=20), FINDINGS)
        self.assertFalse((self.root / "dist").exists())

    def test_loops_of_links(self):
        (self.repo / "platform/loop").symlink_to(".")
        (self.repo / "self").symlink_to("self")
        self.check(CLEAN, timeout=20)
        self.put({"shop/x.rel": 'import "../self"\nimport "../platform/loop/loop" as x\n'})
        done = self.check(FINDINGS, out="cannot read `../self`", timeout=20)
        self.assertEqual(done.out.count("error["), 1, done.out)


class Limits(Modules):
    SECRET = "team swordfish { chat = swordfish }\n"

    def refused(self, path):
        self.put({"shop/x.rel": f'import "{path}" as x\nteam y {{ chat = y  lead = x.nobody }}\n'})
        done = self.check(FINDINGS, out="REL0303")
        self.assertNotIn("swordfish", done.out + done.err)
        # The secret is not in what decides whether a build is up to date either: it was not read.
        self.expect(relc("build", NOW, self.root), FINDINGS)
        self.assertFalse((self.root / "dist").exists())
        return done

    def test_out_of_the_repository(self):
        write(self.folder, {"secret/x.rel": self.SECRET})
        for path in ("../../secret", "../../nothing", "../platform/../../secret", "../..", self.folder / "secret",
                     "/etc", "~/x"):
            with self.subTest(path=str(path)):
                self.refused(path)

    def test_whether_something_is_there_is_not_told(self):
        write(self.folder, {"there/x.rel": self.SECRET})
        there, missing = self.refused("../../there"), self.refused("../../other")
        self.assertEqual(there.out.replace("../there", "../other"), missing.out)

    def test_links_that_lead_out(self):
        write(self.folder, {"secret/x.rel": self.SECRET})
        os.symlink("../secret", self.repo / "link")
        self.refused("../link")
        os.symlink("../../secret", self.root / "link")
        self.refused("link")
        os.symlink("../../secret/x.rel", self.repo / "platform/x.rel")
        (self.root / "x.rel").unlink()
        done = self.check(FINDINGS, out="cannot read `../platform/x.rel`")
        self.assertIn("REL0303", done.out)
        self.assertNotIn("swordfish", done.out)

    def test_links_inside_the_repository(self):
        self.put({"texts/people.txt": 'person ada { email = "ada@example.com" }\n',
                  "shop/x.rel": "team x { chat = x  lead = platform.ada  members = [platform.ada] }\n"})
        os.symlink("../texts/people.txt", self.repo / "platform/people.rel")
        done = self.check(CLEAN)
        self.assertNotIn("error", done.out)

    def test_without_a_repository(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="relc-cli-")).resolve()
        self.addCleanup(shutil.rmtree, folder)
        if any((at / ".git").exists() for at in folder.parents):
            self.skipTest(f"{folder} lies in a repository")
        write(folder, {"a/shop/system.rel": SYSTEM, "a/shop/checkout.rel": CHECKOUT,
                       "a/platform/platform.rel": PLATFORM, "secret/x.rel": self.SECRET})
        self.expect(relc("check", folder / "a/shop"), CLEAN)
        write(folder, {"a/shop/x.rel": 'import "../../secret"\n'})
        done = self.expect(relc("check", folder / "a/shop"), FINDINGS, out="REL0303")
        self.assertNotIn("swordfish", done.out)


class Inside(Modules):
    """Libraries below the workspace."""

    def setUp(self):
        super().setUp()
        shutil.move(self.repo / "platform", self.root / "lib")
        self.put({"shop/checkout.rel": CHECKOUT.replace("../platform", "lib").replace(
            '"lib"', '"lib" as platform')})

    def test_it_is_no_part_of_the_workspace(self):
        self.put({"shop/lib/sub/unused.rel": "let unused = 1s\nservice bare {}\nsystem other {}\n"})
        self.check(CLEAN, out="no findings in 2 files")
        self.put({"shop/x.rel": "service cart { owner = sre  tier = tier3 }\n"})
        self.check(FINDINGS, out="no team is called `sre`")

    def test_nobody_reads_it_without_an_import(self):
        self.put({"shop/checkout.rel": "team a { chat = a }\nservice checkout { owner = a  tier = tier3 }\n",
                  "shop/lib/broken.rel": "service {"})
        self.check(CLEAN, out="no findings in 2 files")

    def test_without_a_library_declaration_it_is_part_of_the_workspace(self):
        text = PLATFORM.replace("library platform", "// library platform")
        self.put({"shop/lib/platform.rel": text})
        self.check(FINDINGS, out="`lib` is part of the workspace")

    def test_hidden_folders_can_be_imported_by_name(self):
        shutil.move(self.root / "lib", self.root / ".lib")
        self.put({"shop/checkout.rel": CHECKOUT.replace('"../platform"', '".lib" as platform')})
        self.check(CLEAN)

    def test_it_can_be_mended(self):
        self.put({"shop/lib/x.rel": "team x { chat: x }\n"})
        self.check(CLEAN, "--fix")
        self.assertEqual((self.root / "lib/x.rel").read_text(), "team x { chat = x }\n")

    def test_a_workspace_can_be_a_library(self):
        self.put({"shop/system.rel": SYSTEM + 'library shop { version = "2.0" }\n',
                  "other/system.rel": 'import "../shop" { version = "2" }\nsystem other {}\n'
                                      "service cart { tier = tier3  needs shop.checkout { timeout = 1s } }\n"})
        self.check(CLEAN)
        self.expect(relc("check", self.repo / "other"), CLEAN)


class Changing(Modules):
    """Nothing outside of the workspace is written to."""

    SLOPPY = "team   x { chat: x }\n"

    def test_fix(self):
        self.put({"platform/x.rel": self.SLOPPY, "shop/x.rel": self.SLOPPY})
        before = snapshot(self.repo / "platform")
        done = self.check(FINDINGS, "--fix", out="../platform/x.rel")
        self.assertIn("1 fix applied in 1 file", done.err)
        self.assertEqual(snapshot(self.repo / "platform"), before)
        self.assertIn("chat = x", (self.root / "x.rel").read_text())

    def test_fix_of_an_unused_import(self):
        self.put({"shop/x.rel": 'import "../platform" as same\n\nimport std.http as web // why not\n'
                                "team x { chat = x  members = [y] }\nperson y { chat = y }\n"
                                "service s { owner = x  tier = tier3 }\n"})
        self.check(CLEAN, out="nothing of `../platform` is used")
        self.check(CLEAN, "--fix")
        self.assertTrue((self.root / "x.rel").read_text().startswith("\n // why not\nteam x"))

    def test_fmt(self):
        self.put({"platform/x.rel": self.SLOPPY, "shop/x.rel": "team   x { chat = x }\n"})
        os.symlink("../platform/x.rel", self.root / "link.rel")
        before = snapshot(self.repo / "platform")
        self.expect(relc("fmt", self.root), CLEAN, err="link.rel")
        self.expect(relc("fmt", cwd=self.root), CLEAN)
        self.assertEqual(snapshot(self.repo / "platform"), before)
        self.assertEqual((self.root / "x.rel").read_text(), "team x { chat = x }\n")


class Building(Modules):
    def setUp(self):
        super().setUp()
        self.out = self.root / "dist"

    def build(self, status=CLEAN, **expected):
        return self.expect(relc("build", NOW, self.root), status, **expected)

    def test_only_the_workspace_is_generated(self):
        self.put({"platform/x.rel": CHECKOUT.replace('import "../platform" { version = "1.2" }', "").replace(
            "platform.", "").replace("checkout", "login")})
        self.build()
        self.assertTrue((self.out / "prometheus/checkout.rules.yaml").exists())
        self.assertFalse(list(self.out.rglob("*login*")))
        self.assertIn("team: sre", (self.out / "prometheus/checkout.rules.yaml").read_text())

    def test_a_change_is_noticed(self):
        self.build()
        self.build(out="up to date")
        # What nobody imports does not matter.
        self.put({"elsewhere/x.rel": "nonsense", "platform/readme.md": "x"})
        self.build(out="up to date")
        self.put({"platform/platform.rel": PLATFORM.replace("requests_total", "calls_total")})
        self.build(out="written")
        self.assertIn("calls_total", (self.out / "prometheus/checkout.rules.yaml").read_text())
        self.build(out="up to date")
        self.put({"platform/new.rel": "team y { chatt = y }\n"})
        self.build(FINDINGS, err="../platform/new.rel")
        (self.repo / "platform/new.rel").unlink()
        self.build(out="up to date")
        (self.repo / "platform/platform.rel").unlink()
        self.build(FINDINGS)

    def test_a_change_of_an_indirect_library_is_noticed(self):
        self.put({"platform/x.rel": '/* of */import // comes\n /* from */\t"../base"\n'
                                    "team x { chat = x  lead = base.ada }\n",
                  "base/x.rel": 'person ada { email = "ada@example.com" }\n'})
        self.build()
        self.build(out="up to date")
        self.put({"base/x.rel": 'person ada { email = "ada" }\n'})
        self.build(FINDINGS, err="REL0208")

    def test_a_link_that_leads_elsewhere_is_noticed(self):
        self.put({"v2/platform.rel": PLATFORM.replace("requests_total", "calls_total")})
        os.symlink("platform", self.repo / "current")
        self.put({"shop/checkout.rel": CHECKOUT.replace('"../platform"', '"../current" as platform')})
        self.build()
        self.build(out="up to date")
        (self.repo / "current").unlink()
        os.symlink("v2", self.repo / "current")
        self.build(out="written")
        self.assertIn("calls_total", (self.out / "prometheus/checkout.rules.yaml").read_text())

    def test_the_same_everywhere(self):
        self.build()
        first = contents(self.out)
        other = self.folder / "moved"
        shutil.copytree(self.repo, other, ignore=shutil.ignore_patterns("dist"))
        self.expect(relc("build", NOW, other / "shop"), CLEAN)
        self.assertEqual(contents(other / "shop/dist"), first)


if __name__ == "__main__":
    main()

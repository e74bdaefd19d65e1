#!/usr/bin/env python3
"""Building: what is written, when, and that nothing but the sources decides what."""

import os
import random
import shutil
import signal
import subprocess
import time

from cli import (CLEAN, ERROR, EXAMPLES, FINDINGS, RELC, SYSTEM, UNUSABLE, WITH_RULES, Case, contents,
                 environment, main, relc, snapshot, write)

NOW = "--now=2026-11-23"


GENERATED = (".yaml", ".dot", ".mmd", ".svg")


class Build(Case):
    def setUp(self):
        super().setUp()
        self.root = self.workspace({"system.rel": SYSTEM, "checkout.rel": WITH_RULES})
        self.out = self.folder / "out"

    def build(self, *options, **keywords):
        return relc("build", NOW, "--out", self.out, *options, self.root, **keywords)

    def test_default_folder(self):
        self.expect(relc("build", cwd=self.root), CLEAN, out="dist")
        self.assertTrue(list(self.root.glob("dist/prometheus/*.rules.yaml")))
        # What was generated is no source.
        self.expect(relc("check", self.root), CLEAN, out="in 2 files")

    def test_only(self):
        self.expect(self.build("--only", "prometheus"), CLEAN)
        self.assertTrue(list(self.out.glob("prometheus/*.rules.yaml")))

    def test_errors_write_nothing(self):
        write(self.root, {"error.rel": ERROR})
        self.expect(self.build(), FINDINGS, err="nothing was written")
        self.assertFalse(self.out.exists())
        (self.root / "error.rel").unlink()
        self.expect(self.build(), CLEAN)
        before = snapshot(self.out)
        write(self.root, {"error.rel": ERROR})
        self.expect(self.build(), FINDINGS, err="nothing was written")
        self.assertEqual(snapshot(self.out), before)

    def test_second_build_touches_nothing(self):
        self.expect(self.build(), CLEAN)
        before = snapshot(self.out)
        time.sleep(0.02)
        self.expect(self.build(), CLEAN)
        self.assertEqual(snapshot(self.out), before)

    def test_second_build_with_warnings_touches_nothing(self):
        write(self.root, {"warning.rel": "let unused = 2s\n"})
        self.expect(self.build(), CLEAN, err="REL0111")
        before = snapshot(self.out)
        self.expect(self.build(), CLEAN, err="REL0111")
        self.assertEqual(snapshot(self.out), before)

    def test_one_change_writes_one_service(self):
        write(self.root, {"search.rel": WITH_RULES.split("}\n", 1)[1].replace("checkout", "search")
                          .replace("service", "import std.http\n\nservice", 1)})
        self.expect(self.build(), CLEAN)
        before = snapshot(self.out)
        text = (self.root / "search.rel").read_text()
        write(self.root, {"search.rel": text.replace("99.9%", "99.5%")})
        self.expect(self.build(), CLEAN)
        after = snapshot(self.out)
        changed = {path for path in after if after[path] != before.get(path)}
        self.assertTrue(any("search" in path for path in changed), changed)
        self.assertFalse(any("checkout" in path for path in changed), changed)

    def test_what_is_gone_is_removed(self):
        self.expect(self.build(), CLEAN)
        write(self.root, {"checkout.rel": WITH_RULES.replace("service checkout", "service cart")})
        self.expect(self.build(), CLEAN)
        self.assertFalse(list(self.out.rglob("*checkout*")))
        self.assertTrue(list(self.out.rglob("cart.rules.yaml")))

    def test_foreign_files_stay(self):
        write(self.out, {"notes.txt": "mine", "prometheus/mine.rules.yaml": "groups: []\n"})
        self.expect(self.build(), CLEAN)
        self.assertEqual((self.out / "notes.txt").read_text(), "mine")
        self.assertEqual((self.out / "prometheus/mine.rules.yaml").read_text(), "groups: []\n")

    def test_foreign_file_in_the_way(self):
        write(self.out, {"prometheus/checkout.rules.yaml": "groups: []\n"})
        self.expect(self.build(), UNUSABLE, err="checkout.rules.yaml")
        self.assertEqual((self.out / "prometheus/checkout.rules.yaml").read_text(), "groups: []\n")
        self.expect(self.build("--force"), CLEAN)
        self.assertIn("checkout", (self.out / "prometheus/checkout.rules.yaml").read_text())

    def test_edited_output_is_not_overwritten(self):
        self.expect(self.build(), CLEAN)
        file = self.out / "prometheus/checkout.rules.yaml"
        file.write_text(file.read_text() + "# mine\n")
        write(self.root, {"checkout.rel": WITH_RULES.replace("99.9%", "99%")})
        self.expect(self.build(), UNUSABLE, err="checkout.rules.yaml")
        self.assertTrue(file.read_text().endswith("# mine\n"))
        self.expect(self.build("--force"), CLEAN)
        self.assertNotIn("# mine", file.read_text())

    def test_out_that_is_a_file(self):
        write(self.folder, {"out": "a file"})
        self.expect(self.build(), UNUSABLE, err="out")
        self.assertEqual((self.folder / "out").read_text(), "a file")


class Same(Case):
    """The same sources and the same clock give the same bytes."""

    def outcome(self, name, *options, workspace=EXAMPLES / "online-shop", cwd=None, **changes):
        out = self.folder / name
        self.expect(relc("build", NOW, "--out", out, *options, workspace, cwd=cwd, env=environment(**changes)), CLEAN)
        return contents(out)

    def test_build(self):
        first = self.outcome("first")
        self.assertGreater(len(first), 5)
        copy = self.folder / "elsewhere/copy"
        shutil.copytree(EXAMPLES / "online-shop", copy, ignore=shutil.ignore_patterns("dist"))
        others = {
            "again": {},
            "zone": {"TZ": "Pacific/Kiritimati"},
            "locale": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
            "posix": {"LC_ALL": "C", "LANG": "C", "TERM": "dumb"},
            "home": {"HOME": "/nonexistent", "USER": "nobody"},
            "folder": {"cwd": self.folder},
            "copy": {"workspace": copy},
            "relative": {"workspace": "copy", "cwd": copy.parent},
        }
        for name, how in others.items():
            with self.subTest(name):
                self.assertEqual(self.outcome(name, **how), first)
        for threads in (1, 2, 4, 16):
            with self.subTest(threads=threads):
                self.assertEqual(self.outcome(f"threads{threads}", "--threads", threads), first)

    def test_nothing_of_the_machine_is_written(self):
        for path, content in self.outcome("machine").items():
            self.assertNotIn(os.fsencode(self.folder), content, path)
            self.assertNotIn(os.fsencode(EXAMPLES), content, path)

    def test_findings(self):
        files = {f"d{i}/f{i}.rel": f"service s{i} {{ ownr = t{i}  needs s{i + 1} }}\nservice s{i} {{}}\n" for i in range(40)}
        root = self.workspace({"system.rel": SYSTEM, **files})
        for form in ("text", "json", "sarif", "junit", "github"):
            first = relc("check", NOW, "--format", form, "--threads", 1, root).raw
            for threads in (2, 4, 16):
                again = relc("check", NOW, "--format", form, "--threads", threads, root,
                             env=environment(TZ="Asia/Kolkata", LC_ALL="tr_TR.UTF-8")).raw
                self.assertEqual(again, first)


class Killed(Case):
    def test_old_or_new_tree(self):
        """Killed at any moment, a build leaves the old tree or the new one, and the next one is well."""
        root = self.workspace({"system.rel": SYSTEM, "checkout.rel": WITH_RULES})
        services = "\n".join(
            f"""
service s{i} {{
  owner = payments
  tier  = tier3

  slo availability {{
    objective = 99.9%
    sli       = http.availability({{job="s{i}"}})
    runbook   = checkout.errors
  }}
}}""" for i in range(60))
        versions = [WITH_RULES + services, WITH_RULES + services.replace("99.9%", "99.5%")]
        trees = []
        for i, version in enumerate(versions):
            write(root, {"checkout.rel": version})
            self.expect(relc("build", NOW, "--out", self.folder / f"whole{i}", root), CLEAN)
            trees.append({path: content for path, content in contents(self.folder / f"whole{i}").items()
                          if path.endswith(GENERATED)})
        out = self.folder / "out"
        start = time.monotonic()
        self.expect(relc("build", NOW, "--out", out, root), CLEAN)
        length = time.monotonic() - start

        random.seed(5)
        for attempt in range(25):
            write(root, {"checkout.rel": versions[attempt % 2]})
            process = subprocess.Popen([RELC, "build", NOW, "--out", str(out), str(root)], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=environment())
            time.sleep(random.random() * length * 1.2)
            process.send_signal(signal.SIGKILL)
            process.wait()
            # What is left is made whole by whoever comes next.
            self.expect(relc("build", NOW, "--out", out, root), CLEAN)
            files = contents(out)
            left = {path: content for path, content in files.items() if path.endswith(GENERATED)}
            self.assertEqual(left, trees[attempt % 2])
            self.assertEqual(set(files) - set(left), {"manifest.json"} | {f for f in files if f.startswith(".relc-")})


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Findings for machines: JSON, SARIF, JUnit, GitHub annotations."""

import json
import os
import pathlib
import re
import unittest
import xml.etree.ElementTree as xml

from cli import (CLEAN, CLEAN_SERVICE, ERROR, FINDINGS, SYSTEM, WARNING, Case, main, relc)

# Each of these in a name of a file, a word of the program and a message.
HOSTILE = "\"'<>&]]>\\%0A::error file=x::owned,${{ secrets.TOKEN }}\u202e\x1b[31m\x7f"


class Formats(Case):
    def form(self, form, program, status, *options):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": program})
        return self.expect(relc("check", "--format", form, *options, root), status).out

    def test_json(self):
        report = json.loads(self.form("json", CLEAN_SERVICE + ERROR + WARNING, FINDINGS))
        codes = [finding["code"] for finding in report["findings"]]
        self.assertIn("REL0102", codes)
        finding = report["findings"][codes.index("REL0102")]
        self.assertEqual(finding["severity"], "error")
        self.assertTrue(finding["fixes"])
        self.assertEqual(json.loads(self.form("json", CLEAN_SERVICE, CLEAN))["findings"], [])

    def test_json_lists_what_is_accepted(self):
        program = """
service checkout {
  tier = tier1
  accept missing-slo { because = "Switched off at the end of the quarter"  until = 2027-03-31 }
}
accept REL1006 on checkout { because = "" }
"""
        report = json.loads(self.form("json", program, CLEAN, "--now", "2026-11-23"))
        self.assertEqual([risk["name"] for risk in report["accepted"]], ["no-fallback", "missing-slo"])
        unused, used = report["accepted"]
        self.assertEqual((unused["target"], unused["silenced"]), ("checkout", 0))
        self.assertEqual((used["code"], used["target"], used["silenced"]), ("REL2001", "checkout", 1))
        self.assertEqual((used["until"], used["expired"], used["by"]), ("2027-03-31", False, ""))
        self.assertEqual((used["file"], used["line"], used["environments"]), ("a.rel", 4, []))
        self.assertEqual(json.loads(self.form("json", CLEAN_SERVICE, CLEAN))["accepted"], [])

    def test_sarif(self):
        for program, status in ((CLEAN_SERVICE + ERROR, FINDINGS), (CLEAN_SERVICE, CLEAN)):
            report = json.loads(self.form("sarif", program, status))
            self.assertEqual(report["version"], "2.1.0")
            run = report["runs"][0]
            rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
            for result in run["results"]:
                self.assertIn(result["ruleId"], rules)
                self.assertTrue(result["locations"])
        self.assertEqual(run["results"], [])

    def test_sarif_schema(self):
        path = os.environ.get("SARIF_SCHEMA")
        if not path:
            self.skipTest("SARIF_SCHEMA does not name the schema of SARIF 2.1.0")
        try:
            import jsonschema
        except ImportError:
            self.skipTest("the Python package jsonschema is not installed")
        schema = json.loads(pathlib.Path(path).read_text())
        validator = jsonschema.validators.validator_for(schema)(schema)
        for program, status in ((CLEAN_SERVICE + ERROR + WARNING, FINDINGS), (CLEAN_SERVICE, CLEAN),
                                (f"// {HOSTILE}\nservice a {{ tier = 5 s  owner = \"x\" }}\n", FINDINGS)):
            validator.validate(json.loads(self.form("sarif", program, status)))

    def test_junit(self):
        suites = xml.fromstring(self.form("junit", CLEAN_SERVICE + ERROR, FINDINGS))
        self.assertEqual(len(list(suites.iter("failure"))), 1)
        clean = xml.fromstring(self.form("junit", CLEAN_SERVICE, CLEAN))
        self.assertEqual(len(list(clean.iter("testcase"))), 1)
        self.assertEqual(len(list(clean.iter("failure"))), 0)

    def test_github(self):
        lines = self.form("github", CLEAN_SERVICE + ERROR, FINDINGS).splitlines()
        self.assertTrue(all(re.match(r"::(error|warning|notice) .*::", line) for line in lines), lines)
        self.assertTrue(any("file=a.rel,line=" in line for line in lines), lines)

    def test_hostile_text(self):
        program = "service checkout { tier = \"" + HOSTILE.replace("\\", "\\\\").replace('"', '\\"') + "\" }\n"
        root = self.workspace({"system.rel": SYSTEM, HOSTILE.replace("/", "") + ".rel": program})
        for form in ("text", "json", "sarif", "junit", "github"):
            with self.subTest(form):
                text = self.expect(relc("check", "--format", form, root), FINDINGS).out
                self.assertNotIn("\x1b", text)
                if form in ("json", "sarif"):
                    json.loads(text)
                elif form == "junit":
                    xml.fromstring(text)
                elif form == "github":
                    # Nothing of the program starts a command of its own.
                    self.assertTrue(all(line.startswith(("::error ", "::warning ", "::notice ")) for line in text.splitlines()))
                    self.assertNotIn("::owned\n", text)

    def test_long_names(self):
        name = "x" * 1_000_000
        root = self.workspace({"system.rel": SYSTEM, "a.rel": f"service {name} {{ ownr = {name} }}\n{name} {{}}\n"})
        for form in ("text", "json", "sarif", "junit", "github"):
            with self.subTest(form):
                self.expect(relc("check", "--format", form, root, timeout=30), FINDINGS)

    def test_invalid_utf8_is_still_valid_json(self):
        root = self.workspace({"system.rel": SYSTEM, "a.rel": b"service a { tier = \"\xff\xfe\xc3\" }\n// \xe9\n"})
        for form in ("json", "sarif"):
            done = relc("check", "--format", form, root)
            json.loads(done.raw.decode("utf-8"))
        xml.fromstring(relc("check", "--format", "junit", root).raw.decode("utf-8"))


if __name__ == "__main__":
    main()

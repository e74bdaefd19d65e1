#!/usr/bin/env python3
"""Commands, options, help, exit statuses, colours."""

import json
import os
import pty
import re
import subprocess
import unittest

from cli import (CLEAN, ERROR, FINDINGS, RELC, ROOT, SYSTEM, UNUSABLE, WARNING, CLEAN_SERVICE, Case,
                 environment, main, relc)

ESCAPE = "\x1b["


def commands():
    return re.findall(r"^  (\w+) ", relc("--help").out, re.MULTILINE)


class Help(Case):
    def test_commands_of_the_design_are_there(self):
        self.assertLessEqual({"check", "build", "fmt", "explain", "init", "debug", "help"}, set(commands()))

    def test_every_command_has_help(self):
        for command in commands():
            with self.subTest(command):
                text = self.expect(relc(command, "--help"), CLEAN, out=f"Usage: relc {command}").out
                self.assertIn("Example", text)
                self.assertEqual(relc(command, "-h").out, text)
                self.assertEqual(relc("help", command).out, text)
                self.assertLessEqual(max(map(len, text.splitlines())), 120)

    def test_every_option_that_help_names_is_known(self):
        for command in commands():
            for option in re.findall(r"^  (--[a-z-]+)", relc(command, "--help").out, re.MULTILINE):
                with self.subTest(command=command, option=option):
                    done = relc(command, option, "--help")
                    self.assertNotIn("no option", done.err)

    def test_help_goes_to_standard_output(self):
        for arguments in (["--help"], ["-h"], ["help"]):
            done = self.expect(relc(*arguments), CLEAN, out="Usage: relc COMMAND")
            self.assertEqual(done.err, "")

    def test_nothing_is_unusable(self):
        self.expect(relc(), UNUSABLE, err="Usage: relc COMMAND")

    def test_version(self):
        done = self.expect(relc("--version"), CLEAN)
        self.assertRegex(done.out, r"\Arelc \d+\.\d+\.\d+\n\Z")
        declared = re.search(r"project\(relc VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())
        self.assertEqual(done.out, f"relc {declared.group(1)}\n")


class Mistakes(Case):
    def refused(self, *arguments, says):
        done = relc(*arguments, cwd=self.folder)
        self.expect(done, UNUSABLE, err=says)
        self.assertEqual(done.out, "", str(done))

    def test_unknown_command(self):
        self.refused("chek", says="did you mean `check`?")
        self.refused("frobnicate", says="unknown command `frobnicate`")
        self.refused("help", "biuld", says="did you mean `build`?")

    def test_unknown_option(self):
        self.refused("check", "--formt", "json", says="did you mean `--format`?")
        self.refused("check", "--frobnicate", says="no option `--frobnicate`")
        self.refused("check", "--out", "x", says="no option `--out`")  # of another command

    def test_values_of_options(self):
        self.refused("check", "--format", "xml", says="known: text, json, sarif, github, junit")
        self.refused("check", "--format", says="needs a value")
        self.refused("check", "--fix=yes", says="takes no value")
        self.refused("check", "--color", "sometimes", says="auto, always, never")
        self.refused("check", "--now", "yesterday", says="2026-11-23")
        self.refused("check", "--now", "2026-02-30", says="2026-02-30")
        self.refused("check", "--threads", "0", says="--threads")
        self.refused("check", "--threads", "many", says="--threads")
        self.refused("check", "--max-findings", "-1", says="--max-findings")
        self.refused("check", "--deny", "everything", says="--deny")
        self.refused("build", "--only", "grafanna", says="grafanna")

    def test_too_many_arguments(self):
        self.refused("check", "a", "b", says="too many arguments: `b`")

    def test_no_such_path(self):
        self.refused("check", "nowhere", says="nowhere")
        self.refused("build", "nowhere", says="nowhere")
        self.refused("fmt", "nowhere", says="nowhere")
        self.refused("debug", "tree", "nowhere.rel", says="nowhere.rel")
        self.refused("debug", "leaves", ".", says="tokens, tree, model")

    def test_source_date_epoch_must_be_a_number(self):
        root = self.workspace()
        self.expect(relc("check", root, env=environment(SOURCE_DATE_EPOCH="soon")), UNUSABLE, err="SOURCE_DATE_EPOCH")


class Status(Case):
    def check(self, program, *options):
        return relc("check", *options, self.workspace({"system.rel": SYSTEM, "a.rel": program}))

    def test_clean(self):
        self.expect(self.check(CLEAN_SERVICE), CLEAN, out="no findings")

    def test_errors(self):
        self.expect(self.check(CLEAN_SERVICE + ERROR), FINDINGS, out="1 error")

    def test_warnings_fail_when_denied(self):
        self.expect(self.check(CLEAN_SERVICE + WARNING), CLEAN, out="1 warning")
        self.expect(self.check(CLEAN_SERVICE + WARNING, "--deny", "warnings"), FINDINGS, out="1 warning")
        self.expect(self.check(CLEAN_SERVICE + WARNING, "--deny=warnings"), FINDINGS)

    def test_what_is_not_shown_still_fails(self):
        program = CLEAN_SERVICE + "".join(f"service s{i} {{ ownr = payments }}\n" for i in range(50))
        some = self.expect(self.check(program, "--max-findings", "3"), FINDINGS, out="and 47 more")
        self.assertEqual(some.out.count("error[REL0102]"), 3)
        every = self.expect(self.check(program, "--max-findings", "0"), FINDINGS)
        self.assertEqual(every.out.count("error[REL0102]"), 50)
        self.assertIn("50 errors", some.out)

    def test_clock(self):
        program = """
team payments { chat = slack-payments }
service checkout {
  owner = payments
  tier  = tier1
  accept missing-slo { because = "Soon gone"  until = 2026-12-31 }
}
"""
        self.expect(self.check(program, "--now", "2026-12-31"), CLEAN)
        self.expect(self.check(program, "--now", "2027-01-01"), FINDINGS, out="REL0401")
        root = self.folder / "workspace"
        for seconds, status in ((1798675200, CLEAN), (1798761600, FINDINGS)):  # 31 December and 1 January
            self.expect(relc("check", root, env=environment(SOURCE_DATE_EPOCH=seconds)), status)
        # The option wins over the environment.
        self.expect(relc("check", root, "--now", "2026-12-31", env=environment(SOURCE_DATE_EPOCH=1798761600)), CLEAN)

    def test_timings_are_json_on_standard_error(self):
        done = self.check(CLEAN_SERVICE, "--timings")
        phases = json.loads(done.err)["phases"]
        self.assertLessEqual({"parse", "sema", "analysis"}, {phase["name"] for phase in phases})


class Color(Case):
    def on_terminal(self, *arguments, **changes):
        """What relc writes when its output is a terminal."""
        here, there = pty.openpty()
        try:
            process = subprocess.Popen([RELC, *map(str, arguments)], stdout=there, stderr=there,
                                       stdin=subprocess.DEVNULL, env=environment(TERM="xterm-256color", **changes))
            os.close(there)
            text = b""
            while True:
                try:
                    block = os.read(here, 65536)
                except OSError:  # how Linux says that the other end is closed
                    break
                if not block:
                    break
                text += block
            process.wait(60)
        finally:
            os.close(here)
        return text.decode(errors="replace")

    def setUp(self):
        super().setUp()
        self.root = self.workspace({"system.rel": SYSTEM, "a.rel": ERROR})

    def test_pipes_get_none(self):
        done = relc("check", self.root)
        self.assertNotIn(ESCAPE, done.out + done.err)
        self.assertIn(ESCAPE, relc("check", "--color", "always", self.root).out)

    def test_terminals_get_some(self):
        self.assertIn(ESCAPE, self.on_terminal("check", self.root))
        self.assertNotIn(ESCAPE, self.on_terminal("check", "--color", "never", self.root))

    def test_no_color(self):
        self.assertNotIn(ESCAPE, self.on_terminal("check", self.root, NO_COLOR="1"))
        self.assertIn(ESCAPE, self.on_terminal("check", self.root, NO_COLOR=""))
        self.assertIn(ESCAPE, self.on_terminal("check", "--color=always", self.root, NO_COLOR="1"))

    def test_machine_formats_have_none(self):
        for form in ("json", "sarif", "github", "junit"):
            self.assertNotIn(ESCAPE, relc("check", "--color", "always", "--format", form, self.root).out)


class Explain(Case):
    def test_every_check_has_a_page(self):
        rows = re.findall(r"^  (REL\d{4})  (\w+) +([a-z0-9-]+) ", relc("explain").out, re.MULTILINE)
        pages = {page.name.partition("-")[0] for page in (ROOT / "docs/checks").glob("REL*.md")}
        self.assertEqual({code for code, _, _ in rows}, pages)
        for code, severity, name in rows:
            with self.subTest(code):
                by_code = self.expect(relc("explain", code), CLEAN, out="## Why it matters")
                self.assertIn(severity, by_code.out.splitlines()[0])
                self.assertEqual(relc("explain", name).out, by_code.out)
                self.assertEqual(relc("explain", code.lower()).out, by_code.out)
                # What must not be seen raw is shown as an escape.
                self.assertFalse(re.search(r"[\u202a-\u202e\u2066-\u2069\x1b]", by_code.out), code)

    def explained(self, name):
        """What is said of a name, its blanks and line ends as single blanks."""
        done = self.expect(relc("explain", name), CLEAN)
        self.assertEqual(done.err, "")
        return " ".join(done.out.split())

    def test_everything_that_is_listed_is_explained(self):
        text = relc("explain").out
        titles = set(re.findall(r"^(\S.*)$", text, re.MULTILINE))
        self.assertLessEqual({"kinds: what runs", "forms", "language", "values", "standard library"}, titles)
        names = re.findall(r"^  ([A-Za-z][\w.-]*)  ", text, re.MULTILINE)
        self.assertGreater(len(names), 150)
        for name in names:
            with self.subTest(name):
                self.assertGreater(len(self.explained(name)), 20)

    def test_kinds_as_the_reference_says_it(self):
        pages = list((ROOT / "docs/reference/kinds").glob("*.md"))
        self.assertGreater(len(pages), 30)
        for page in pages:
            with self.subTest(page.stem):
                said = self.explained(page.stem)
                doc = page.read_text().split("\n\n")[2]
                self.assertIn(" ".join(doc.split()), said)
                for attribute, meaning in re.findall(r"^\| (`\w+`) .*\| ([^|]*)<br>", page.read_text().split("\n## ")[0],
                                                     re.MULTILINE):
                    self.assertIn(attribute, said)
                    self.assertIn(meaning, said)

    def test_attributes(self):
        one = self.explained("service.replicas")
        self.assertIn("How many instances run.", one)
        self.assertIn("replicas = 6", one)
        self.assertIn("a whole number from 1 to 100000, `1` if not given", one)
        self.assertIn("An attribute of a service, datastore, queue or cache.", self.explained("replicas"))
        self.assertIn("required", self.explained("slo.objective"))
        self.assertIn("Who takes turns", self.explained("rotation.layer.members"))
        self.assertEqual(self.explained("rotation.layer.members"), self.explained("layer.members"))
        self.assertIn("any attribute of `system.survive`", self.explained("survive.zone"))
        # Each sort of attribute of the name.
        for kind in ("tier or alert", "incident.severity"):
            self.assertIn(kind, self.explained("severity"))

    def test_kinds_that_share_a_word(self):
        both = self.explained("step")
        self.assertIn("One step of an escalation", both)
        self.assertIn("One step of a runbook", both)
        self.assertNotIn("One step of a runbook", self.explained("escalation.step"))
        self.assertEqual(self.explained("service.slo"), self.explained("journey.slo"))

    def test_forms(self):
        self.assertIn("Instances are stopped at once.", self.explained("kill"))
        self.assertIn("How much later.", self.explained("latency.delay"))
        self.assertIn("calendar", self.explained("window.calendar"))
        for form in ("kill", "loss", "outage"):
            self.assertIn(f"Fault `{form}`", self.explained("fault"))

    def test_values_and_the_language(self):
        self.assertIn("1h30m", self.explained("duration"))
        self.assertIn("compounds", self.explained("growth"))
        self.assertEqual(self.explained("Time Zone"), self.explained("time-zone"))
        self.assertIn("layers", self.explained("profiles"))
        self.assertEqual(self.explained("is"), self.explained("profiles"))
        for word in ("import", "as", "let", "is", "in", "on", "any", "of", "needs", "uses", "true", "false", "self"):
            self.explained(word)

    def test_modules(self):
        self.assertIn("import std.http", self.explained("std.http"))
        said = self.explained("std.http.latency")
        self.assertIn("http.latency(selector, under = 250ms)", said)
        self.assertEqual(self.explained("http.latency"), said)
        self.assertIn("page-fast", self.explained("policy.standard"))
        self.assertIn("counter", self.explained("http.http_requests_total"))

    def test_unknown(self):
        self.expect(relc("explain", "REL9999"), UNUSABLE)
        for wrong, right in (("unknwon-name", "unknown-name"), ("servcie", "service"),
                             ("service.replcas", "service.replicas"), ("retires", "retries"), ("kil", "kill"),
                             ("std.htpp", "std.http"), ("http.latncy", "http.latency"), ("durations", "duration"),
                             ("Latncy.Delay", "latency.delay")):
            with self.subTest(wrong):
                done = self.expect(relc("explain", wrong), UNUSABLE, err=f"did you mean `{right}`?")
                self.assertEqual(done.out, "")
        self.expect(relc("explain", "frobnicate"), UNUSABLE, err="`relc explain` lists")
        self.expect(relc("explain", ""), UNUSABLE)
        self.expect(relc("explain", ".."), UNUSABLE)
        self.expect(relc("explain", "service."), UNUSABLE)

    def test_layout(self):
        for name in ("service", "std.http", "values", "REL2009", "replicas"):
            done = relc("explain", name)
            self.assertNotIn(ESCAPE, done.out)
            prose = [line for line in done.out.splitlines() if not line.startswith("    ")]
            self.assertLessEqual(max(map(len, prose), default=0), 100, name)
            for mark in ("](", "<br>", "<!--", "**", "|---"):
                self.assertNotIn(mark, done.out, name)
        self.assertIn(ESCAPE, relc("explain", "--color", "always", "service").out)

    def test_every_finding_names_its_page(self):
        done = relc("check", self.workspace({"system.rel": SYSTEM, "a.rel": ERROR}))
        self.assertIn("relc explain REL0102", done.out)


class ExplainExpression(Case):
    """`relc explain --expr`: what is known of PromQL before there is a sample."""

    ERRORS = 'sum by (job) (rate(orders_total{code="500"}[5m])) / sum by (job) (rate(orders_total[5m])) > 0.05'
    METRIC = "metric orders_total { type = counter  labels = [code] }\n"

    def explained(self, expression, *options, cwd=None):
        done = self.expect(relc("explain", "--expr", expression, *options, cwd=cwd or self.folder), CLEAN)
        self.assertEqual(done.err, "")
        return done.out

    def test_labels_with_the_token_that_decided(self):
        said = self.explained(self.ERRORS)
        self.assertEqual(said.splitlines()[0], self.ERRORS)
        for line in ("an instant vector; whether there is a result depends on values",
                     "code      removed by `by (job)`: only the labels named here are kept",
                     "job       possible", "values     above 0.05, at most 1",
                     "condition  only what this holds for is returned, `>`",
                     '5m         `rate(orders_total{code="500"}[5m])`', "needs Prometheus 2.42 or newer"):
            self.assertIn(line, said)
        self.assertNotIn("metrics", said)

    def test_branches(self):
        said = self.explained('up{job="a"} == 0 or absent(up{job="a"}) or vector(0) > 1')
        self.assertIn("branch 2 of 3", said)
        self.assertIn("job     always `a` by `job=\"a\"`: `absent` takes the value from here", said)
        self.assertIn("never      returns anything: this can never hold, `>`", said)
        self.assertIn("result     whatever the data", self.explained("vector(1)"))

    def test_needs(self):
        self.assertIn("needs Prometheus 2.54 or newer", self.explained("x[300]"))
        self.assertIn("needs Prometheus 2.42 to below 3.0", self.explained("holt_winters(x[1h], 0.5, 0.5)"))
        self.assertIn("with `--enable-feature=promql-duration-expr`", self.explained("x[5m + 1m]"))

    def test_declarations_of_the_workspace(self):
        folder = self.workspace({"a.rel": SYSTEM + self.METRIC})
        said = self.explained(self.ERRORS, cwd=folder)
        self.assertIn("orders_total: counter `orders_total`, labels code", said)
        self.assertIn("removed by `orders_total`: the metric is declared without this label",
                      self.explained("orders_total", cwd=folder))
        self.assertIn("the one of the system is 2.42", self.explained("x[300]", cwd=folder))

    def test_json(self):
        folder = self.workspace({"a.rel": SYSTEM + self.METRIC})
        said = json.loads(self.explained(self.ERRORS, "--format", "json", cwd=folder))
        self.assertEqual(said["type"], "instant vector")
        self.assertTrue(said["conditional"])
        (branch,) = said["branches"]
        labels = {label["name"]: label for label in branch["labels"]}
        self.assertEqual(labels["job"]["presence"], "possible")
        self.assertEqual((labels["code"]["presence"], labels["code"]["token"]), ("excluded", "by (job)"))
        self.assertEqual(branch["values"], {"min": 0.05, "max": 1, "minOpen": True, "maxOpen": False, "nan": False})
        self.assertEqual([use["milliseconds"] for use in said["ranges"]], [300000, 300000])
        self.assertEqual(said["needs"], {"since": "2.42", "until": None, "features": []})
        self.assertEqual(said["metrics"], [{"name": "orders_total", "declared": True, "type": "counter"}])

    def test_mistakes_have_carets(self):
        done = self.expect(relc("explain", "--expr", "sum(rate(x[5m])"), FINDINGS, out="error[REL4001]")
        self.assertIn("1 | sum(rate(x[5m])\n", done.out)
        self.expect(relc("explain", "--expr", "rate(x)"), FINDINGS, out="expected type range vector")
        self.expect(relc("explain", "--expr", ""), FINDINGS, out="no expression found")
        done = relc("explain", "--expr", "rate(x)", "--format", "json")
        self.assertEqual(json.loads(done.out)["findings"][0]["code"], "REL4002")

    def test_usage(self):
        self.expect(relc("explain", "--expr", "up", "service"), UNUSABLE, err="not both")
        self.expect(relc("explain", "--expr", "up", "--format", "sarif"), UNUSABLE, err="known: text, json")
        self.expect(relc("explain", "--expr"), UNUSABLE, err="needs a value")


class BrokenPipe(Case):
    def test_reader_that_leaves_early(self):
        program = "".join(f"service s{i} {{ ownr = payments }}\n" for i in range(20000))
        root = self.workspace({"system.rel": SYSTEM, "a.rel": program})
        process = subprocess.Popen([RELC, "check", "--max-findings", "0", str(root)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=environment())
        process.stdout.read(100)
        process.stdout.close()
        error = process.stderr.read().decode()
        process.stderr.close()
        process.wait(60)
        self.assertNotIn("internal error", error)
        self.assertIn(process.returncode, (FINDINGS, UNUSABLE, -13), error)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""relc risks and risk/ of relc build: what is known and not mended."""

import json
import unittest

from cli import CLEAN, EXAMPLES, FINDINGS, Case, main, relc

NOW = ("--now", "2026-11-23")
HOSTILE = 'a | b ` <script> [x](javascript:1) \\" {{ 7 }} \\u{202e}'
SHOP = """
system shop {}

domain aws { level = provider  availability = 99.9% }
domain zone-a in aws { level = zone  availability = 99.9% }

team shop { chat = shop-chat }

external stripe { sla = 99.99% }

service web {
  owner = shop
  tier  = tier3

  needs stripe { timeout = 1s }
}

journey buy { owner = shop  tier = tier1  needs web }

accept single-point-of-failure on stripe {
  because    = "HOSTILE"
  mitigation = "Cash"
  by         = ana
  until      = UNTIL
}
""".replace("HOSTILE", HOSTILE)


class Risks(Case):
    def shop(self, until="2026-12-24"):
        return self.workspace({"system.rel": SHOP.replace("UNTIL", until)})

    def register(self, folder, *options):
        done = self.expect(relc("risks", folder, "--format", "json", *NOW, *options), CLEAN)
        return json.loads(done.out)

    def test_accepted_and_open(self):
        register = self.register(self.shop())
        by_target = {risk.get("target"): risk for risk in register["risks"] if risk["code"] == "REL1001"}
        stripe = by_target["stripe"]
        self.assertEqual((stripe["state"], stripe["by"], stripe["days_left"], stripe["mitigation"]),
                         ("accepted", "ana", 31, "Cash"))
        self.assertEqual(stripe["takes_down"], ["journey buy"])
        self.assertAlmostEqual(stripe["seconds_lost"], 1e-4 * 30 * 86400, delta=1e-3)
        self.assertIn("`stripe` is a single point of failure", stripe["message"])
        (root,) = [r for r in register["importance"] if r["root"] == "journey buy"]
        (event,) = root["events"]
        self.assertEqual(event["event"], "external stripe")
        self.assertAlmostEqual(event["birnbaum"], 1, delta=1e-9)
        self.assertAlmostEqual(event["criticality"], 1, delta=1e-9)
        self.assertEqual(root["nothing_said_of"], ["web"])

    def test_expired(self):
        register = self.register(self.shop("2026-11-20"))
        states = [(risk["state"], risk["code"]) for risk in register["risks"]
                  if risk.get("target") == "stripe"]
        self.assertEqual(states, [("expired", "REL1001"), ("open", "REL1001")])
        out = relc("risks", self.shop("2026-11-20"), *NOW).out
        self.assertIn("expired by ana, ended 2026-11-20, 3 days ago", out)

    def test_sarif(self):
        done = self.expect(relc("risks", self.shop(), "--format", "sarif", *NOW), CLEAN)
        (run,) = json.loads(done.out)["runs"]
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]], result["ruleId"])
            self.assertEqual(bool(result.get("suppressions")), result["properties"]["state"] == "accepted")
            region = result["locations"][0]["physicalLocation"]["region"]
            self.assertGreaterEqual(region["endLine"], region["startLine"])
        self.assertIn("accepted", {r["properties"]["state"] for r in run["results"]})

    def test_markdown_of_hostile_text(self):
        text = self.expect(relc("risks", self.shop(), "--format", "markdown", *NOW), CLEAN).out
        self.assertIn("# Risk register of shop", text)
        row = next(line for line in text.splitlines() if "Cash" in line)
        self.assertNotIn("<script>", row)
        self.assertNotIn("[x](", row)
        self.assertEqual(row.replace("\\|", "").count("|"), 10)
        self.assertIn("until 2026-12-24, 31 days left", row)

    def test_build(self):
        out = self.folder / "out"
        folder = EXAMPLES / "online-shop"
        done = self.expect(relc("build", folder, "--out", out, "--only", "risk", *NOW), CLEAN,
                           out="the risk register has 5 risks: 5 accepted")
        self.assertIn("risk/: 3 files", done.out)
        for name, form in (("register.json", "json"), ("register.md", "markdown"), ("register.sarif", "sarif")):
            self.assertEqual((out / "risk" / name).read_text(),
                             relc("risks", folder, "--format", form, *NOW).out)
        # The region costs more than what is only called a risk; what takes nothing down comes last.
        targets = [risk["target"] for risk in self.register(folder)["risks"]]
        self.assertEqual((targets[0], targets[-1]), ("eu-west-1", "sessions"))

    def test_outputs(self):
        root = self.workspace({"system.rel": SHOP.replace("UNTIL", "2026-12-24").replace(
            "system shop {}", "system shop { outputs = [prometheus] }")})
        done = relc("build", root, *NOW)
        self.assertIn(done.status, (CLEAN, FINDINGS))
        self.assertFalse((root / "dist" / "risk").exists())

    def test_nothing(self):
        register = self.register(self.workspace())
        self.assertEqual((register["risks"], register["importance"]), ([], []))


if __name__ == "__main__":
    main()

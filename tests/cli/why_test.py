#!/usr/bin/env python3
"""relc why and relc what-if: what takes what down, who notices, and what if something is lost."""

import json
import re
import unittest

from cli import CLEAN, EXAMPLES, FINDINGS, UNUSABLE, Case, main, relc

NOW = ("--now", "2026-11-23")
SHOP = """
import std.http

system shop { window = 30d }

domain aws { level = provider  availability = 99.99% }
domain zone-a in aws { level = zone  availability = 99.9% }
domain zone-b in aws { level = zone  availability = 99.9% }
domain zone-c in aws { level = zone  availability = 99.9% }
domain attic { level = site }

person ana { name = "Ana" }
person bo  { name = "Bo" }

rotation turns { members = [ana, bo]  shift = 1w  start = 2026-01-05  timezone = "Europe/Berlin" }
escalation calls { step { notify = turns  after = 0s } }
team shop { chat = shop-chat  members = [ana, bo]  rotation = turns  escalation = calls }
team web { chat = web-chat  members = [ana] }

external stripe { sla = 99.99% }
external adyen  { sla = 99.95% }

datastore db {
  owner     = shop
  tier      = tier1
  replicas  = 3
  quorum    = 2
  placement = [zone-a, zone-b, zone-c]
  rpo = 0s
  rto = 5m
}

queue events { owner = shop  tier = tier2  rpo = 0s  rto = 1h }
cache pictures { owner = shop }

service web {
  owner     = shop
  tier      = tier1
  replicas  = 2
  quorum    = 1
  placement = [zone-a, zone-b]

  needs any [stripe, adyen] { timeout = 1s }
  uses pictures { timeout = 50ms  fallback = "Grey boxes {{ }} \\"" }

  slo availability {
    objective = 99.5%
    sli       = http.availability({job="web"})
    runbook   = look
  }

  runbook look { summary = "Look" }

  operation order {
    needs db { timeout = 200ms  retries = 1  backoff = 20ms  breaker = true }
    needs events { timeout = 1s  tolerates = 2h }
  }

  operation look-around { needs pictures { timeout = 1s } }

  failure no-data { cause = db  effect = "Nobody can buy"  detected_by = availability }
}

service other { owner = web  tier = tier3  operation order {} }

journey buy { owner = shop  tier = tier1  needs web.order }
"""


class Commands(Case):
    def ask(self, command, *words, text=SHOP, status=CLEAN):
        root = self.workspace({"system.rel": text})
        return self.expect(relc(command, *words, "--in", root, *NOW), status)

    def facts(self, command, *words, text=SHOP):
        return json.loads(self.ask(command, *words, "--format", "json", text=text).out)


class Why(Commands):
    def test_what_goes_down(self):
        done = self.ask("why", "db")
        for line in ("datastore `db`  (system.rel:23)",
                     "  owner `shop`, tier1, 3 instances, 2 needed: 1 in `zone-a`, 1 in `zone-b` and 1 in `zone-c`",
                     "  14 minimal cut sets: 2 of order 1 and 12 of order 2",
                     "  provider `aws`, about 4m19s in 30d",
                     "  zone `zone-a` and an instance of `db`  [2 cut sets]",
                     "  2 of the 3 instances of `db`  [3 cut sets]",
                     "  journey `buy`", "  service `web`", "  operation `web.order`",
                     "  failure `web.no-data`: Nobody can buy  (system.rel:61)"):
            self.assertIn(line, done.out.splitlines(), done.out)
        self.assertRegex(done.out, r"`web.availability`: pages after \d+m\d+s of full outage \(tier `page-fast`\), "
                                   r"runbook `web.look`, to `shop`")
        self.assertIn("`shop`: first `turns`", done.out)

    def test_together(self):
        self.assertIn("What goes down with it together with\n  vendor `adyen`: journey `buy`, service `web`\n",
                      self.ask("why", "stripe").out)
        (line,) = self.facts("why", "stripe")["together"]["lines"]
        self.assertEqual((line["roots"], line["parts"], line["order"]),
                         (["web", "buy"], ["vendor `adyen`"], 2))
        self.assertIn("`web` stands on what is left: needs any of `stripe` or `adyen`", self.ask("why", "stripe").out)

    def test_promise(self):
        (line,) = [x for x in self.facts("why", "web")["ceiling"]["lines"] if "left_seconds" in x]
        ceiling = self.facts("why", "web")["ceiling"]["ceiling"]
        # The provider, both zones, both vendors; what only its operations need is their ceiling.
        self.assertAlmostEqual(ceiling, 0.9999 * (1 - 1e-4 * 5e-4) * (1 - 1e-6), delta=1e-12)
        self.assertAlmostEqual(line["left_seconds"], (ceiling - 0.995) * 30 * 86400, delta=0.01)

    def test_way(self):
        out = self.ask("why", "buy", "db").out
        self.assertTrue(out.startswith("journey `buy` is down if datastore `db` is\n"), out)
        self.assertIn("  `web.order` needs `db`: timeout 200ms, 1 retry after 20ms, breaker  (system.rel:", out)
        steps = self.facts("why", "buy", "aws")["way"]["lines"]
        self.assertTrue(all(step["passes"] for step in steps))
        self.assertEqual((steps[0]["from"], steps[-1]["to"]), ("buy", "aws"))

    def test_way_to_a_zone(self):
        """A single zone of one instance, and the domain around it."""
        one = SHOP.replace("placement = [zone-a, zone-b, zone-c]", "placement = zone-a").replace(
            "replicas  = 3", "replicas  = 1").replace("quorum    = 2", "quorum    = 1")
        for cause in ("zone-a", "aws"):
            steps = self.facts("why", "buy", cause, text=one)["way"]["lines"]
            self.assertEqual(steps[-1]["to"], cause)
        (down,) = [x for x in self.facts("what-if", "aws", text=one)["down"]["lines"] if x["root"] == "db"]
        self.assertEqual(down["way"], ["aws"])

    def test_way_that_stops(self):
        for cause, stop, more in (
                ("stripe", "redundant: `adyen` must fail, too", "vendor `stripe` and vendor `adyen`"),
                ("pictures", 'soft, it falls back: Grey boxes {{ }} "', "No cut set up to order 3"),
                ("events", "soft for as long as 2h; an outage that is longer takes it down", "No cut set"),
                ("zone-a", "redundant: 2 are left, and 2 are needed", "zone `zone-a` and zone `zone-b`")):
            done = self.ask("why", "buy", cause)
            self.assertIn("`buy` stands without", done.out.splitlines()[0])
            self.assertIn("… but here it stops: " + stop, done.out)
            self.assertIn(more, done.out)
        # Whoever needs all of `web` is hurt by each of its operations.
        self.assertIn("is down if", self.ask("why", "web", "pictures").out.splitlines()[0])
        self.assertIn("has nothing to do with", self.ask("why", "db", "stripe").out)
        self.assertIn("journey `buy` depends on", self.ask("why", "db", "buy").out)
        self.assertIn("needs nothing", self.ask("why", "aws", "buy").out)

    def test_names(self):
        self.ask("why", "web.order")
        self.assertIn("There is a team `web` too: relc why 'team web'", self.ask("why", "web").out)
        self.assertTrue(self.ask("why", "team web").out.startswith("team `web`"))
        for words, says in ((["order"], "2 things are called `order`: operation `web.order` and operation `other.order`"),
                            (["stipe"], "nothing is called `stipe`, did you mean `stripe`?"),
                            (["\x1b[31m`"], r"nothing is called `\x1B[31m``"),
                            (["x" * 100000], "nothing is called `xxx"),
                            ([], "takes a name, or two")):
            self.assertIn(says, self.ask("why", *words, status=UNUSABLE).err)

    def test_people(self):
        out = self.ask("why", "ana").out
        self.assertIn("members of rotation `turns`, one of 2", out)
        self.assertIn("nobody answers for team `web`", out)
        self.assertIn("team `shop` rests on `bo` alone", out)

    def test_nothing_depends(self):
        self.assertIn("Nothing: no component stands in it", self.ask("why", "attic").out)


class WhatIf(Commands):
    def test_down_and_thin(self):
        facts = self.facts("what-if", "lose zone-a")
        self.assertEqual(facts["down"]["lines"], [])
        thin = {line["root"]: line["single_points"] for line in facts["thinned"]["lines"]}
        self.assertEqual(thin["buy"], ["zone `zone-b`", "zone `zone-c`", "an instance of `db`", "an instance of `web`"])
        facts = self.facts("what-if", "zone-a, lose 1 of db")
        self.assertEqual([line["root"] for line in facts["down"]["lines"]], ["buy", "db", "web"])
        self.assertEqual(facts["down"]["lines"][0]["way"], ["web.order", "db"])

    def test_agrees_with_why(self):
        """What is lost alone and takes a root down is a cut set of order 1, and the other way round."""
        for name in ("online-shop", "otel-demo"):
            folder = EXAMPLES / name
            done = relc("why", "place-order", "--in", folder, "--format", "json", *NOW)
            alone = {re.search(r"`(.*)`", line["parts"][0]).group(1)
                     for line in json.loads(done.out)["alone"]["lines"]
                     if "instance" not in line["parts"][0]}
            model = relc("debug", "model", folder, *NOW).out
            names = re.findall(r"^(?:domain|service|datastore|queue|cache|external) (\S+)", model, re.M)
            self.assertGreater(len(names), 10)
            for each in names:
                facts = json.loads(relc("what-if", each, "--in", folder, "--format", "json", *NOW).out)
                down = any(line["root"] == "place-order" for line in facts["down"]["lines"])
                self.assertEqual(down, each in alone, (name, each))

    def test_degraded(self):
        out = self.ask("what-if", "lose events").out
        self.assertIn("`web.order` bears it for 2h, then it is down", out)
        self.assertIn("journey `buy`, by way of `web.order`", out)
        out = self.ask("what-if", "lose pictures").out
        self.assertIn('`web` goes on without `pictures`: Grey boxes {{ }} "', out)

    def test_instances(self):
        self.assertIn("If 2 of the 3 instances of `db` are lost", self.ask("what-if", "2 instances of db").out)
        self.assertIn("If all 3 instances of `db` are lost", self.ask("what-if", "lose all of db").out)
        self.assertIn("If 1 of the 3 instances of `db` is lost", self.ask("what-if", "an instance of db").out)

    def test_people(self):
        out = self.ask("what-if", "lose ana").out
        self.assertIn("nobody answers for team `web`: service `other`", out)
        self.assertIn("1 of 2 are left to take turns in `turns`", out)
        self.assertIn("team `shop` rests on `bo` alone", out)
        self.assertNotIn("What is down", out)
        self.assertIn("nobody answers for team `shop`", self.ask("what-if", "ana, bo").out)

    def test_words(self):
        for words in ("loose zone-a and zone-b", "if we lose zone-a, and zone-b", "kill zone-a, stop zone-b"):
            self.assertEqual(self.facts("what-if", words)["lost"], ["zone `zone-a`", "zone `zone-b`"], words)

    def test_nonsense(self):
        for words, says in (("", "nothing is lost"), ("lose", "something is missing"),
                            ("db,,web", "something is missing beside a comma"),
                            ("db, db", "datastore `db` is lost twice"),
                            ("2 of stripe", "has no instances to lose some of"),
                            ("7 of db", "datastore `db` has 3 instances, so 7 cannot be lost"),
                            ("0 of db", "so 0 cannot be lost"),
                            ("99999999999999999999 of db", "nothing is called"),
                            ("2 of pictures", "nothing is said of how many instances"),
                            ("buy", "fails with what it needs"),
                            ("lose dbb", "did you mean `db`?"),
                            ("crash the db", "say what is lost by name"),
                            (",".join(["db"] * 60), "lost twice")):
            self.assertIn(says, self.ask("what-if", words, status=UNUSABLE).err, words)
        self.assertIn("nothing stands in it", self.ask("what-if", "attic").out)

    def test_workspace_with_errors(self):
        done = self.ask("why", "db", text=SHOP + "service broken { needs nowhere }\n")
        self.assertIn("the workspace has errors", done.err)


if __name__ == "__main__":
    main()

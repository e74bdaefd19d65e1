#!/usr/bin/env python3
"""relc debug faulttree: the tree of a workspace, and that other programs and relc itself read it."""

import json
import shutil
import subprocess
import unittest

from cli import CLEAN, EXAMPLES, FINDINGS, UNUSABLE, Case, main, relc

SHOP = """
system shop {}

domain aws { level = provider  availability = 99.99% }
domain zone-a in aws { level = zone  availability = 99.9% }
domain zone-b in aws { level = zone  availability = 99.9% }
domain zone-c in aws { level = zone  availability = 99.9% }
domain image { level = shared }

person ana { name = "Ana" }
person bo  { name = "Bo" }

team shop { chat = shop-chat  members = [ana, bo] }

external stripe { sla = 99.99% }
external adyen  { sla = 99.95% }

service web {
  owner                 = shop
  tier                  = tier1
  replicas              = 3
  quorum                = 2
  placement             = [zone-a, zone-b, zone-c]
  shares                = image
  instance_availability = 99%
  availability          = 99.99%

  needs any [stripe, adyen] { timeout = 1s }
}

journey buy {
  owner = shop
  tier  = tier1
  needs web
}
"""
NOW = ("--now", "2026-11-23")


def sets_of(done):
    (root,) = json.loads(done.out)["roots"]
    return root


class DebugFaultTree(Case):
    def debug(self, *options, text=SHOP, status=None):
        root = self.workspace({"system.rel": text})
        done = relc("debug", "faulttree", root, *NOW, *options)
        if status is None:
            self.assertIn(done.status, (CLEAN, FINDINGS), str(done))
        else:
            self.expect(done, status)
        return done

    def test_text(self):
        lines = self.debug().out.splitlines()
        self.assertEqual(lines[0], "service web, if any of:")
        self.assertIn("  shared image  <- single point of failure", lines)
        self.assertIn("  any of stripe, adyen, if all of:", lines)
        self.assertIn("    too few instances of web (2), if 2 of 3 of:", lines)
        self.assertIn("        zone zone-a, probability 0.001", lines)
        self.assertIn("    provider aws, probability 0.0001  <- single point of failure", lines)
        self.assertIn("  service web … see above", lines)
        self.assertIn("nobody answers for team shop, if all of:", lines)
        self.assertEqual(sum(line.strip().startswith("service web, if") for line in lines), 1)

    def test_root(self):
        self.assertTrue(self.debug("--root", "buy").out.startswith("journey buy, if:\n"))
        self.assertEqual(self.debug("--root", "shop").out.splitlines()[1], "  ana does not answer")
        self.assertEqual(self.debug("--root", "zone-a").out.splitlines(),
                         ["zone zone-a down, if any of:", "  zone zone-a, probability 0.001  <- single point of failure",
                          "  provider aws, probability 0.0001  <- single point of failure"])
        self.debug("--root", "zone-a", "--format", "json")
        self.assertIn("did you mean `buy`?", self.debug("--root", "bux", status=UNUSABLE).err)

    def test_json(self):
        tree = json.loads(self.debug("--root", "buy", "--format", "json").out)
        nodes = {node["id"]: node for node in tree["nodes"]}
        (top,) = tree["roots"]
        self.assertEqual(nodes[top]["name"], "journey buy")
        self.assertEqual(nodes[top]["role"], "down")
        for node in nodes.values():
            for argument in node.get("arguments", []):
                self.assertLess(tree["nodes"].index(nodes[argument]), tree["nodes"].index(node))
        few = next(n for n in nodes.values() if n["op"] == "atleast")
        self.assertEqual((few["min"], len(few["arguments"])), (2, 3))

    def test_read_back(self):
        """relc reads what it writes, and the figures are those of the closed form."""
        xml = self.folder / "buy.xml"
        xml.write_text(self.debug("--root", "buy", "--format", "open-psa").out.replace(
            # Of the image nothing is said: it is taken to be always up.
            '<define-basic-event name="shared_image">\n<label>shared image</label>\n',
            '<define-basic-event name="shared_image">\n<label>shared image</label>\n<float value="0"/>\n'))
        root = sets_of(self.expect(relc("faulttree", "--format", "json", xml), CLEAN))
        one = 1 - 0.99 * 0.999
        stands = (1 - 3 * one**2 * (1 - one) - one**3) * 0.9999 * 0.9999 * (1 - 1e-4 * 5e-4)
        self.assertAlmostEqual(root["probability"]["low"], 1 - stands, delta=1e-12)
        # aws, image, web; the two vendors; of three places, each of two events, pairs of different ones.
        self.assertEqual(root["minimal_cut_sets"]["by_order"],
                         [{"order": 1, "count": "3"}, {"order": 2, "count": str(1 + 12)}])

    @unittest.skipUnless(shutil.which("scram"), "no scram here")
    def test_scram(self):
        for name, root in (("online-shop", "place-order"), ("otel-demo", "place-order"), (None, "buy")):
            options = ("--root", root, "--format", "open-psa", *NOW)
            folder = EXAMPLES / name if name else self.workspace({"system.rel": SHOP})
            xml = self.folder / "model.xml"
            xml.write_text(relc("debug", "faulttree", folder, *options).out)
            ours = sets_of(self.expect(relc("faulttree", "--format", "json", xml), CLEAN))
            subprocess.run(["scram", "--validate", xml], check=True, capture_output=True)
            report = subprocess.run(["scram", "--limit-order", "20", xml], check=True,
                                    capture_output=True, text=True).stdout
            self.assertIn(f'products="{ours["minimal_cut_sets"]["total"]}"', report, name)

    def test_every_root_of_the_examples(self):
        for name in ("online-shop", "otel-demo", "monitoring-stack"):
            done = relc("debug", "faulttree", EXAMPLES / name, "--format", "open-psa", *NOW)
            self.assertEqual(done.status, CLEAN, str(done))
            xml = self.folder / f"{name}.xml"
            xml.write_text(done.out)
            self.expect(relc("faulttree", xml), CLEAN)

    @unittest.skipUnless(shutil.which("dot"), "no Graphviz here")
    def test_graphviz(self):
        done = self.debug("--format", "dot")
        self.assertRegex(done.out, r'label="shared image", style=filled')
        subprocess.run(["dot", "-Tsvg"], input=done.raw, check=True, capture_output=True)

    def test_domains_and_nothing(self):
        """An event or constant at the top is put below a gate."""
        for root in ("image", "stripe"):
            xml = self.folder / "one.xml"
            text = self.debug("--root", root, "--format", "open-psa",
                              text=SHOP + "journey idle { owner = shop }\n").out
            xml.write_text(text)
            self.assertEqual(
                sets_of(self.expect(relc("faulttree", "--format", "json", xml), CLEAN))
                ["minimal_cut_sets"]["total"], "1")
        self.debug("--root", "idle", text=SHOP + "journey idle { owner = shop }\n")
        self.expect(relc("debug", "faulttree", self.workspace({"s.rel": "system a {}\n"}, "empty")),
                    UNUSABLE, err="has no tree")
        self.assertIn("is no value of `--format`", self.debug("--format", "sarif", status=UNUSABLE).err)


if __name__ == "__main__":
    main()

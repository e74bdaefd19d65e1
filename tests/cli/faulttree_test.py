#!/usr/bin/env python3
"""relc faulttree: a model of the Open-PSA format in, figures, cut sets and other forms out."""

import json
import math
import shutil
import subprocess
import unittest

from cli import CLEAN, FINDINGS, UNUSABLE, Case, main, relc, write

# Two replicas on two of three hosts in one zone, behind a proxy: 2 of 3 hosts gone, or the zone, or it.
SHOP = """<?xml version="1.0"?>
<opsa-mef name="shop">
  <define-fault-tree name="shop">
    <define-gate name="shop-down">
      <label>nobody can buy</label>
      <or><basic-event name="proxy"/><gate name="few-hosts"/></or>
    </define-gate>
    <define-gate name="few-hosts">
      <atleast min="2"><gate name="host-1"/><gate name="host-2"/><gate name="host-3"/></atleast>
    </define-gate>
    <define-gate name="host-1"><or><basic-event name="h1"/><basic-event name="zone"/></or></define-gate>
    <define-gate name="host-2"><or><basic-event name="h2"/><basic-event name="zone"/></or></define-gate>
    <define-gate name="host-3"><or><basic-event name="h3"/><basic-event name="zone"/></or></define-gate>
  </define-fault-tree>
  <model-data>
    <define-basic-event name="h1"><parameter name="host"/></define-basic-event>
    <define-basic-event name="h2"><parameter name="host"/></define-basic-event>
    <define-basic-event name="h3"><parameter name="host"/></define-basic-event>
    <define-basic-event name="zone"><float value="1e-4"/></define-basic-event>
    <define-basic-event name="proxy"><exponential><float value="1e-7"/><system-mission-time/></exponential></define-basic-event>
    <define-parameter name="host"><float value="0.01"/></define-parameter>
  </model-data>
</opsa-mef>
"""
PROXY = -math.expm1(-1e-7 * 8760)
TWO_OF_THREE = 3 * 0.01**2 * 0.99 + 0.01**3
SHOP_DOWN = 1 - (1 - PROXY) * (1 - 1e-4) * (1 - TWO_OF_THREE)


class FaultTree(Case):
    def model(self, text, name="model.xml"):
        write(self.folder, {name: text})
        return self.folder / name

    def judge(self, text, *options):
        done = self.expect(relc("faulttree", "--format", "json", *options, self.model(text)), CLEAN)
        return json.loads(done.out)["roots"]

    def test_figures(self):
        (root,) = self.judge(SHOP)
        self.assertEqual(root["root"], "shop-down")
        self.assertTrue(root["coherent"])
        self.assertTrue(root["probability"]["exact"])
        self.assertAlmostEqual(root["probability"]["low"] / SHOP_DOWN, 1, delta=1e-12)
        sets = root["minimal_cut_sets"]
        self.assertEqual(sets["total"], "5")
        self.assertEqual(sets["by_order"], [{"order": 1, "count": "2"}, {"order": 2, "count": "3"}])
        self.assertEqual([s["events"] for s in sets["listed"]],
                         [["proxy"], ["zone"], ["h1", "h2"], ["h1", "h3"], ["h2", "h3"]])
        zone = next(row for row in root["importance"] if row["event"] == "zone")
        self.assertAlmostEqual(zone["birnbaum"], (1 - PROXY) * (1 - TWO_OF_THREE), delta=1e-12)
        self.assertAlmostEqual(zone["risk_achievement_worth"], 1 / SHOP_DOWN, delta=1e-6)

    def test_text(self):
        done = self.expect(relc("faulttree", self.model(SHOP)), CLEAN, out="minimal cut sets   5")
        self.assertIn("h1, h2", done.out)
        self.assertIn("Fussell-Vesely", done.out)

    def test_another_root(self):
        (root,) = self.judge(SHOP, "--root", "few-hosts")
        self.assertEqual(root["minimal_cut_sets"]["total"], "4")
        self.expect(relc("faulttree", "--root", "hosts", self.model(SHOP)), UNUSABLE,
                    err="no gate is called `hosts`; at the top there is `shop-down`")

    def test_several_roots(self):
        roots = self.judge(SHOP.replace('<gate name="few-hosts"/>', ""))
        self.assertEqual([root["root"] for root in roots], ["shop-down", "few-hosts"])

    def test_limits_are_said(self):
        (root,) = self.judge(SHOP, "--limit", "3")
        self.assertEqual(len(root["minimal_cut_sets"]["listed"]), 3)
        self.assertEqual(root["minimal_cut_sets"]["listed_to_order"], 1)
        self.assertIn("the list ends at --limit", relc("faulttree", "--limit", "3", self.model(SHOP)).out)

    def test_open_psa_comes_back_the_same(self):
        written = self.expect(relc("faulttree", "--open-psa", self.model(SHOP)), CLEAN).out
        self.assertEqual(self.judge(written)[0]["minimal_cut_sets"], self.judge(SHOP)[0]["minimal_cut_sets"])
        again = self.expect(relc("faulttree", "--open-psa", self.model(written)), CLEAN).out
        self.assertEqual(again, written)

    @unittest.skipUnless(shutil.which("scram"), "scram is not installed")
    def test_scram_reads_what_is_written_and_agrees(self):
        written = self.model(relc("faulttree", "--open-psa", self.model(SHOP)).out, "written.xml")
        done = subprocess.run(["scram", "--bdd", "--probability", "1", written], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('products="5"', done.stdout)

    def test_graph(self):
        out = self.expect(relc("faulttree", "--dot", self.model(SHOP)), CLEAN).out
        self.assertTrue(out.startswith("digraph"))
        self.assertIn('label="few-hosts\\n2 of 3"', out)
        self.assertEqual(out.count("fillcolor"), 2)  # proxy and zone
        if shutil.which("dot"):
            subprocess.run(["dot", "-Tsvg"], input=out.encode(), check=True, capture_output=True)

    def test_down_at_rest(self):
        (root,) = self.judge(SHOP.replace("<or><basic-event name=\"proxy\"/><gate name=\"few-hosts\"/></or>",
                                          "<not><gate name=\"few-hosts\"/></not>"))
        self.assertTrue(root["down_at_rest"])
        self.assertAlmostEqual(root["probability"]["low"], (1 - TWO_OF_THREE) * (1 - 1e-4), delta=1e-12)

    def test_unknown_probability(self):
        (root,) = self.judge(SHOP.replace('<float value="1e-4"/>', ""))
        self.assertIsNone(root["probability"])
        self.assertEqual(root["unknown_probability"], "zone")
        self.assertEqual(root["minimal_cut_sets"]["total"], "5")

    def test_mistakes_have_their_place(self):
        for text, says in (
            (SHOP.replace('<gate name="host-1"/>', '<gate name="hots-1"/>'), ":9:24: error: no gate is called `hots-1`"),
            (SHOP.replace('value="1e-4"', 'value="1.5"'), "the probability of `zone` is 1.5"),
            (SHOP.replace('min="2"', 'min="4"'), "wants 4 of its 3 arguments"),
            (SHOP.replace('<basic-event name="h1"/>', '<gate name="few-hosts"/>', 1), "needs itself"),
            (SHOP.replace("</opsa-mef>", ""), "no well-formed XML"),
            (SHOP.replace("<opsa-mef", '<!DOCTYPE x [<!ENTITY a "aaaa">]><opsa-mef'), "document type declaration"),
            ("<html/>", "no Open-PSA model"),
            ("<a>" * 500 + "</a>" * 500, "nested more than"),
            ("", "no well-formed XML"),
        ):
            with self.subTest(says):
                self.expect(relc("faulttree", self.model(text)), FINDINGS, err=says)

    def test_what_cannot_be_used(self):
        self.expect(relc("faulttree"), UNUSABLE, err="takes a file")
        self.expect(relc("faulttree", self.folder / "none.xml"), UNUSABLE, err="cannot read")
        self.expect(relc("faulttree", "--order", "0", self.model(SHOP)), UNUSABLE, err="`--order` takes")
        self.expect(relc("faulttree", "--format", "sarif", self.model(SHOP)), UNUSABLE, err="known: text, json")

    def test_left_out_with_a_warning(self):
        text = SHOP.replace("</opsa-mef>", '<define-event-tree name="x"/></opsa-mef>')
        self.expect(relc("faulttree", self.model(text)), CLEAN, err="warning: `define-event-tree` is left out")

    def test_deep_and_wide_trees(self):
        deep, wide = 20_000, 50_000
        gates = "".join(f'<define-gate name="g{i}"><{op}><gate name="g{i + 1}"/><basic-event name="e{i}"/></{op}>'
                        f"</define-gate>" for i, op in zip(range(deep), ["and", "or"] * deep))
        last = '<basic-event name="w0"/>' + "".join(f'<basic-event name="w{i}"/>' for i in range(1, wide))
        events = "".join(f'<define-basic-event name="{name}"><float value="0.001"/></define-basic-event>'
                         for name in [f"e{i}" for i in range(deep)] + [f"w{i}" for i in range(wide)])
        (root,) = self.judge(f'<opsa-mef><define-fault-tree name="x">{gates}<define-gate name="g{deep}"><or>{last}'
                             f"</or></define-gate></define-fault-tree><model-data>{events}</model-data></opsa-mef>")
        self.assertEqual(int(root["minimal_cut_sets"]["total"]), wide + deep // 2)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""relc graph, and graph/ of relc build: what needs what, as Graphviz, Mermaid and SVG."""

import json
import os
import random
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as xml

from cli import CLEAN, EXAMPLES, FINDINGS, UNUSABLE, Case, main, relc, write

SVG = "{http://www.w3.org/2000/svg}"
NOW = ("--now", "2026-11-23")
NAMES = ("online-shop", "otel-demo", "monitoring-stack")

# One of everything that is drawn.
SHOP = """
system shop { survive { zone = [tier1] } }
team t { chat = slack-t }

domain eu { level = region  availability = 99.99% }
domain eu-a in eu { level = zone }
domain eu-b in eu { level = zone }
domain image { level = shared }

/// Sells things.
service web {
  owner = t
  tier = tier1
  replicas = 4
  quorum = 2
  placement = [eu-a, eu-b]
  shares = [image]
  needs checkout.pay { timeout = 1s }
  uses cart { timeout = 100ms  fallback = "The cart of the browser" }
  telemetry { dashboard = "https://grafana.example.com/d/web?a=1&b=2" }
}
service checkout {
  owner = t
  tier = tier1
  replicas = 2
  placement = [eu-a, eu-b]
  operation pay { needs any [stripe, adyen] { timeout = 2s }  needs events { tolerates = 4h } }
  operation look { needs db { timeout = 1s } }
}
datastore db { owner = t  tier = tier1  replicas = 1  placement = eu-a  rpo = 1h  rto = 1h }
cache cart { owner = t  tier = tier3  replicas = 1  placement = eu-b }
queue events { owner = t  tier = tier2  replicas = 3  placement = [eu-a, eu-b]  rto = 1h }
external stripe { sla = 99.99%  status_page = "https://status.example.com" }
external adyen { sla = 99.95% }
journey buy { owner = t  tier = tier1  needs web }
"""
# What a picture's language could take for its own.
HOSTILE = ('quote \\" back \\\\ \\\\N {{x}} <script>alert(1)</script> &amp; # ; style:x#quot; | ` ** `end` '
           "\u202e bidi -->")


class Graph(Case):
    def workspace(self, text):
        write(self.folder, {"shop.rel": text})
        return self.folder

    def graph(self, *options, text=SHOP):
        done = relc("graph", *NOW, *options, self.workspace(text))
        self.assertIn(done.status, (CLEAN, FINDINGS), str(done))
        return done.out

    def svg(self, *options, text=SHOP):
        return xml.fromstring(self.graph("--format", "svg", *options, text=text).encode())

    @staticmethod
    def names(picture):
        return [t.text for t in picture.iter(SVG + "text") if t.get("class") == "name"]

    def test_a_picture_has_all_of_it(self):
        picture = self.svg()
        self.assertEqual(sorted(self.names(picture)),
                         ["adyen", "buy", "cart", "checkout", "db", "events", "stripe", "web"])
        texts = [t.text for t in picture.iter(SVG + "text")]
        for text in ("any of", "tolerates 4h", "SLA 99.99%", "4 instances, 2 needed", "in eu-a, eu-b",
                     "journey · tier 1 · t", "shares image!"):
            self.assertIn(text, texts)
        self.assertTrue(any("region eu: single point of failure" == t for t in texts), texts)

    def test_for_those_who_do_not_see_it(self):
        picture = self.svg()
        self.assertEqual(picture.get("role"), "img")
        ids = {e.get("id"): e.text for e in picture.iter() if e.get("id")}
        self.assertEqual([bool(ids.get(i)) for i in picture.get("aria-labelledby").split()], [True, True])
        self.assertEqual(ids["title"], "system shop")
        self.assertRegex(ids["description"], r"Single points of failure: .*\bdb\b.*\beu\b")
        self.assertTrue(all(g.find(SVG + "title") is not None
                            for g in picture.iter(SVG + "g") if "service" in (g.get("class") or "")))

    def test_links_and_what_is_told_who_asks(self):
        picture = self.svg()
        links = [a.get("href") for a in picture.iter(SVG + "a")]
        self.assertEqual(sorted(links), ["https://grafana.example.com/d/web?a=1&b=2", "https://status.example.com"])
        titles = "\n".join(t.text for t in picture.iter(SVG + "title"))
        for text in ("Sells things.", "owner t", "fallback: The cart of the browser", "shop.rel:11", "available 99.99%"):
            self.assertIn(text, titles)

    def test_a_journey_is_not_blamed_for_other_operations(self):
        self.assertNotIn("db", self.names(self.svg("--root", "buy")))
        self.assertIn("checkout", self.names(self.svg("--root", "buy")))
        self.assertEqual(self.names(self.svg("--root", "db")), ["db"])

    def test_operations(self):
        names = self.names(self.svg("--operations"))
        self.assertIn("checkout.pay", names)
        self.assertIn("checkout.look", names)
        self.assertNotIn("checkout.look", self.names(self.svg("--operations", "--root", "buy")))

    def test_without_domains(self):
        self.assertNotIn("domain", " ".join(g.get("class") or "" for g in self.svg("--no-domains").iter(SVG + "g")))

    def test_marks_are_those_of_the_check(self):
        for name in NAMES:
            done = relc("check", *NOW, "--format", "json", EXAMPLES / name)
            found = {re.search("`(.*?)`", f["message"]).group(1) for f in json.loads(done.out)["findings"]
                     if f["code"] == "REL1001" and " is a single point" in f["message"]}
            picture = xml.fromstring(relc("graph", *NOW, "--format", "svg", EXAMPLES / name).raw)
            marked = {t.text for g in picture.iter(SVG + "g") if (g.get("class") or "").endswith(" weak")
                      for t in g.iter(SVG + "text") if t.get("class") == "name"}
            domains = {t.text.split(": ")[0].split(" ")[1] for g in picture.iter(SVG + "g")
                       if g.get("class") == "domain weak" and "accepted" not in g.find(SVG + "text").text
                       for t in g.iter(SVG + "text")}
            with self.subTest(name):
                self.assertEqual(marked | domains, found | domains)

    def test_same_bytes_each_time(self):
        for form in ("dot", "mermaid", "svg"):
            done = [relc("graph", *NOW, "--format", form, EXAMPLES / "online-shop", env={**os.environ, "LC_ALL": lc})
                    for lc in ("C", "C.UTF-8", "de_DE.UTF-8")]
            self.assertEqual(len({d.raw for d in done}), 1, form)

    def test_files_and_their_endings(self):
        for ending, begins in ((".dot", "//"), (".gv", "//"), (".mmd", "%%"), (".svg", "<svg"), (".txt", "//")):
            file = self.folder / f"x{ending}"
            done = relc("graph", *NOW, "-o", file, EXAMPLES / "monitoring-stack")
            self.expect(done, CLEAN)
            self.assertEqual(done.out, "")
            self.assertTrue(file.read_text().startswith(begins))
        self.expect(relc("graph", "-o", self.folder, EXAMPLES / "monitoring-stack"), UNUSABLE, err="it is a folder")
        self.expect(relc("graph", "-o", self.folder / "no/x.svg", EXAMPLES / "monitoring-stack"), UNUSABLE,
                    err="cannot write")

    def test_mistakes(self):
        folder = self.workspace(SHOP)
        self.expect(relc("graph", "--root", "bu", folder), UNUSABLE, err="did you mean `buy`?")
        self.expect(relc("graph", "--format", "png", folder), UNUSABLE, err="dot, mermaid, svg")
        self.expect(relc("graph", "--env", "moon", folder), UNUSABLE, err="no environment")
        done = relc("graph", "--format", "svg", self.workspace(SHOP + "service x { ownr = t }"))
        self.expect(done, FINDINGS, err="`relc check` tells more")
        xml.fromstring(done.raw)

    def test_too_large_for_a_picture(self):
        text = SHOP + "".join(f"external v{i} {{ sla = 99% }}\n" for i in range(300))
        folder = self.workspace(text)
        self.expect(relc("graph", "--format", "svg", folder), UNUSABLE,
                    err="minutes to lay out, so there is no picture of them; a journey at a time is smaller: `--root buy`")
        self.assertIn("<svg", relc("graph", "--format", "svg", "--root", "buy", folder).out)
        self.assertIn("v299", relc("graph", folder).out)
        self.assertIn("v299", relc("graph", "--format", "mermaid", folder).out)

    def hostile(self):
        return SHOP.replace("The cart of the browser", HOSTILE).replace("/// Sells things.", "/// " + HOSTILE)

    def test_hostile_text_comes_back_as_itself(self):
        picture = self.svg(text=self.hostile())
        titles = "\n".join(t.text for t in picture.iter(SVG + "title"))
        self.assertIn("<script>alert(1)</script>", titles)
        self.assertNotIn("\u202e", titles)
        self.assertEqual(list(picture.iter(SVG + "script")), [])
        self.assertNotIn("\u202e", self.graph("--format", "mermaid", text=self.hostile()))

    @unittest.skipUnless(shutil.which("dot"), "Graphviz's `dot` is not installed")
    def test_graphviz_reads_it(self):
        for text, options in ((SHOP, ()), (self.hostile(), ()), (self.hostile(), ("--operations",))):
            done = subprocess.run(["dot", "-Tsvg"], input=self.graph(*options, text=text).encode(), capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            picture = xml.fromstring(done.stdout)
            self.assertTrue(any(t.text == "single point of failure" for t in picture.iter(SVG + "text")))
        shown = "\n".join(a.get("{http://www.w3.org/1999/xlink}title") or "" for a in picture.iter(SVG + "a"))
        self.assertIn('quote " back \\ \\N {{x}} <script>alert(1)</script>', shown)
        for name in NAMES:
            done = subprocess.run(["dot", "-Tplain"], input=relc("graph", *NOW, EXAMPLES / name).raw, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""))

    # RELC_MERMAID names a folder in which `npm install mermaid jsdom` was run.
    @unittest.skipUnless(os.environ.get("RELC_MERMAID"), "RELC_MERMAID names no folder with mermaid and jsdom")
    def test_mermaid_reads_it(self):
        script = self.folder / "parse.mjs"
        script.write_text("""
import {createRequire} from 'module'; import {pathToFileURL} from 'url'; import fs from 'fs';
const from = createRequire(process.env.RELC_MERMAID + '/x.js');
const {JSDOM} = from('jsdom'); const page = new JSDOM('<body></body>');
globalThis.window = page.window; globalThis.document = page.window.document;
const mermaid = (await import(pathToFileURL(process.env.RELC_MERMAID + '/node_modules/mermaid/dist/mermaid.core.mjs'))).default;
for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, 'utf8');
  await mermaid.parse(text);
  const drawn = await mermaid.mermaidAPI.getDiagramFromText(text);
  console.log([...drawn.db.getVertices().keys()].length);
}""")
        files = []
        for i, (text, options) in enumerate(((SHOP, ()), (self.hostile(), ("--operations",)))):
            files.append(self.folder / f"{i}.mmd")
            files[-1].write_text(self.graph("--format", "mermaid", *options, text=text))
        for name in NAMES:
            files.append(self.folder / f"{name}.mmd")
            self.expect(relc("graph", *NOW, "-o", files[-1], EXAMPLES / name), CLEAN)
        done = subprocess.run(["node", script, *files], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.split()), len(files))

    def test_random_systems_are_drawn(self):
        for seed in range(15):
            with self.subTest(seed=seed):
                self.assertTrue(self.names(self.svg(text=random_system(random.Random(seed)))))


def random_system(r):
    """Circles, groups, things in several domains: what a layout with boxes could stumble over."""
    count, places = r.randrange(2, 30), r.randrange(1, 8)
    text = ["system random {}\nteam t { chat = c }\n"]
    for i in range(places):
        inside = f" in d{r.randrange(i)}" if i and r.random() < 0.7 else ""
        text.append(f"domain d{i}{inside} {{ level = {r.choice(['region', 'zone', 'rack'])} }}\n")
    for i in range(count):
        stands = ", ".join(f"d{p}" for p in r.sample(range(places), r.randrange(1, min(places, 3) + 1)))
        needs = "".join(r.choice([f"needs s{r.randrange(count)} {{}}\n", f"uses s{r.randrange(count)} {{}}\n",
                                  f"needs any [s{r.randrange(count)}, s{r.randrange(count)}] {{}}\n"])
                        for _ in range(r.randrange(4)))
        text.append(f"service s{i} {{\nowner = t\nplacement = [{stands}]\n{needs}}}\n")
    return "".join(text) + f"journey j {{ owner = t\nneeds s{r.randrange(count)} }}\n"


class Build(Case):
    def test_graphs_of_the_system_and_of_each_journey(self):
        out = self.folder / "dist"
        self.expect(relc("build", *NOW, "--only", "graph", "--out", out, EXAMPLES / "online-shop"), CLEAN)
        journeys = ("browse", "place-order", "track-order")
        expected = {f"{name}.{ending}" for name in ("system", *(f"{j}.journey" for j in journeys))
                    for ending in ("dot", "mmd", "svg")}
        self.assertEqual({f.name for f in (out / "graph").iterdir()}, expected)
        for file in (out / "graph").glob("*.svg"):
            xml.fromstring(file.read_bytes())

    def test_of_large_systems_text_only(self):
        write(self.folder, {"shop.rel": SHOP + "".join(f"external v{i} {{ sla = 99% }}\n" for i in range(250))})
        out = self.folder / "dist"
        done = relc("build", *NOW, "--only", "graph", "--out", out, self.folder)
        if done.status == CLEAN:
            self.assertIn("as text only", done.out)
            self.assertEqual(list((out / "graph").glob("*.svg")), [])


if __name__ == "__main__":
    main()

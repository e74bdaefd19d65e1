#!/usr/bin/env python3
"""The pages of docs: links lead somewhere, and the grammar that people read is the compiler's."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def without_code(text):
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(`+).+?\1", "``", text, flags=re.DOTALL)


def anchors(text):
    """What headings can be linked by, as GitHub makes it."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    found = {}
    for heading in re.findall(r"^#+ +(.*)$", text, re.MULTILINE):
        heading = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
        count = found.get(slug, 0)
        found[slug] = count + 1
        if count:
            found[f"{slug}-{count}"] = 1
    return set(found)


class Links(unittest.TestCase):
    def test_links_lead_somewhere(self):
        known = {page: anchors(page.read_text()) for page in PAGES}
        for page in PAGES:
            for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
                if re.match(r"[a-z]+:", target):
                    continue
                with self.subTest(page=page.relative_to(ROOT).as_posix(), link=target):
                    path, _, anchor = target.partition("#")
                    file = (page.parent / path).resolve() if path else page
                    self.assertTrue(file.exists(), "there is no such file")
                    if anchor:
                        self.assertIn(anchor, known[file], "there is no such heading")

    def test_every_page_of_the_reference_is_reached(self):
        folder = ROOT / "docs/reference"
        reached, todo = set(), [folder / "README.md"]
        while todo:
            page = todo.pop()
            if page in reached:
                continue
            reached.add(page)
            for target in re.findall(r"\]\(([^)#\s]+)", without_code(page.read_text())):
                file = (page.parent / target).resolve()
                if file.suffix == ".md" and folder in file.parents and file.exists():
                    todo.append(file)
        self.assertEqual({page for page in folder.rglob("*.md")} - reached, set())


class Grammar(unittest.TestCase):
    # What people write by mistake has rules in the compiler's grammar only, and a name is a token
    # to people.
    ONLY_THE_COMPILERS = {"stray", "name"}

    def test_the_rules_are_those_of_the_grammar(self):
        compilers = (ROOT / "grammar/Rel.g4").read_text()
        rules = set(re.findall(r"^([a-z]\w*)\s*:", compilers, re.MULTILINE)) - self.ONLY_THE_COMPILERS
        page = (ROOT / "docs/reference/language.md").read_text()
        block = re.search(r"^## Grammar\n\n```text\n(.*?)```", page, re.MULTILINE | re.DOTALL).group(1)
        self.assertEqual(set(re.findall(r"^(\w+) +=", block, re.MULTILINE)), rules)
        used = set(re.findall(r"\b[a-z]\w+\b", re.sub(r'"[^"]*"', "", block)))
        self.assertEqual(used, rules, "what is used is defined, and the other way")


if __name__ == "__main__":
    unittest.main(verbosity=1)

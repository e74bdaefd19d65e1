"""Servers that keep data, started to see which metrics they write. See exposition_test.py.

LIVE: module → the programs that it needs, and a function of (e2e.Servers, a folder to write in) that
starts them on free ports and returns the texts of its scrapes.
"""

LIVE = {}

#!/usr/bin/python3
"""Writes what the documentation takes from the program's own tables, so that it cannot go stale:
docs/event.schema.json, the tables of docs/events.md, docs/causes.md.

Without --write it says what is out of date, and ends with status 1 if anything is.
"""
import argparse
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCS = os.path.join(ROOT, "docs")
BEGIN, END = "<!-- generated: %s -->\n", "<!-- end -->\n"
CAUSES_HEAD = """# Causes

Written by `make docs` from the table of causes in `analyze/cause/`; `rcause --causes` lists them,
`rcause --explain SLUG` explains one. The slug stands in `rcause.cause` and `event.reason` of each
event; a slug may be added, it is never renamed.

"""


def output(rcause, *args):
    return subprocess.run([rcause, *args], stdout=subprocess.PIPE, check=True).stdout.decode("ascii")


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| %s |\n" % " | ".join(cell(c) for c in line) for line in lines)


# --- fields ----------------------------------------------------------------------------------


def type_of(schema):
    if "const" in schema:
        return "`%s`" % schema["const"]
    if "enum" in schema:
        words = ["`%s`" % w for w in schema["enum"]]
        return ", ".join(words) if len(words) <= 8 else "one of %d words" % len(words)
    if schema.get("type") == "array":
        return "list of " + type_of(schema["items"])
    if schema.get("pattern", "").startswith("^[0-9]{4}-"):
        return "time"
    return {"string": "text", "object": "object"}.get(schema["type"], schema["type"])


def walk(schema, path="", must=True):
    """(path, type, description, always there) of every leaf, in the order of the keys."""
    for key, inner in schema.get("properties", {}).items():
        name, always = path + key, must and key in schema.get("required", ())
        items = inner.get("items", {})
        if inner.get("type") == "array" and items.get("type") == "object":
            yield name + "[]", "list of objects", inner.get("description", ""), always
            yield from walk(items, name + "[].", always)
        elif inner.get("type") == "object":
            yield from walk(inner, name + ".", always)
        else:
            yield name, type_of(inner), inner.get("description", ""), always


def merge_order(known, names):
    """Puts names into the list of known ones, each behind the one it follows."""
    at = 0
    for name in names:
        if name in known:
            at = known.index(name) + 1
        else:
            known.insert(at, name)
            at += 1


def fields_table(schema):
    letters, rows, order = {}, {}, []
    for dataset, definition in schema["$defs"].items():
        letter = dataset.split(".")[1][0].upper()
        letters[letter] = dataset
        leaves = [leaf for leaf in walk(definition) if not leaf[0].startswith("rcause.counters.")]
        merge_order(order, [leaf[0] for leaf in leaves])
        for name, kind, text, always in leaves:
            row = rows.setdefault(name, [kind if name != "event.dataset" else "text", text, ""])
            row[2] += letter if always else letter.lower()
    return table(["field", "type", "in", "meaning"],
                 [["`%s`" % n, rows[n][0], rows[n][2], rows[n][1]] for n in order])


def counters_table(schema):
    stats = schema["$defs"]["rcause.stats"]["properties"]["rcause"]["properties"]["counters"]
    return table(["counter", "meaning"], [
        ["`%s`" % name, text] for name, _, text, _ in walk(stats)])


# --- causes ----------------------------------------------------------------------------------


def causes_text(causes):
    parts = [CAUSES_HEAD, table(["cause", "who must act", "in short"], [
        ["[`%s`](#%s)" % (c["slug"], anchor(c["slug"])), c["responsible"], c["title"]]
        for c in causes])]
    for c in causes:
        parts.append("\n## %s\n\n%s.\n\n" % (c["slug"], c["title"][0].upper() + c["title"][1:]))
        rows = [("when", c["when"]), ("told apart from", c.get("mistaken_for")),
                ("who must act", c["responsible"]), ("what to do", " ".join(c.get("fix") or [])),
                ("to look further", "; ".join("`%s`" % s for s in c.get("next_steps") or [])),
                ("reference", c.get("reference"))]
        parts += ["- **%s**: %s\n" % row for row in rows if row[1]]
    return "".join(parts)


def anchor(title):
    """The fragment that GitHub gives a heading."""
    return re.sub(r"[^a-z0-9_ -]", "", title.lower()).replace(" ", "-")


# --- files -----------------------------------------------------------------------------------


def replace_between(text, name, body):
    head, found, rest = text.partition(BEGIN % name)
    if not found or END not in rest:
        raise SystemExit("docs: docs/events.md: no place marked %s" % name)
    return head + found + "\n" + body + "\n" + rest[rest.index(END):]


def documents(rcause):
    """{file name in docs/: its text as it should be}"""
    schema_text = output(rcause, "--schema")
    schema = json.loads(schema_text)
    with open(os.path.join(DOCS, "events.md"), encoding="utf-8") as f:
        events = f.read()
    events = replace_between(events, "fields", fields_table(schema))
    events = replace_between(events, "counters", counters_table(schema))
    causes = json.loads(output(rcause, "--causes=json"))
    return {"event.schema.json": schema_text, "events.md": events, "causes.md": causes_text(causes)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rcause", default=os.path.join(ROOT, "rcause"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    stale = 0
    for name, text in documents(os.path.abspath(options.rcause)).items():
        path = os.path.join(DOCS, name)
        try:
            with open(path, encoding="utf-8") as f:
                same = f.read() == text
        except FileNotFoundError:
            same = False
        if same:
            continue
        if options.write:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            print("wrote docs/" + name)
        else:
            stale = 1
            print("docs/%s is not what the program says: run make docs" % name)
    return stale


if __name__ == "__main__":
    sys.exit(main())

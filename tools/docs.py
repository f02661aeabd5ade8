#!/usr/bin/python3
"""Writes what the documentation takes from the program's own tables, so that it cannot go stale:
docs/event.schema.json, the tables of docs/events.md, docs/causes.md, the example of README.md.

Without --write it says what is out of date, and ends with status 1 if anything is.
"""
import argparse
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLE = ["-q", "--trust-anchor", "pcaps/root.key", "-r",
           "pcaps/dnssec.signature_expired/sigexp-com.pcap"]
# What the README shows of an event.
SHOWN = ("@timestamp", "event.reason", "event.start", "client", "server", "dns.response_code",
         "dns.question", "rcause.cause", "rcause.confidence", "rcause.responsible",
         "rcause.subject", "rcause.explanation", "rcause.evidence")
BEGIN, END = "<!-- generated: %s -->\n", "<!-- end -->\n"
CAUSES_HEAD = """# Causes

Written by `make docs` from the table of causes in `analyze/cause/`; `rcause --causes` lists them,
`rcause --explain SLUG` explains one. The slug stands in `rcause.cause` and `event.reason` of each
event; a slug may be added, it is never renamed.

Whatever a rule says, a verdict claims no more than the capture can show (`analyze/decide/caps.h`): silence
proves nothing at the end of the capture, in one direction, beside dropped packets, at addresses to which no
answer at all is seen, or where nobody asks again or gives up; nothing is proven where the snap length cut what
servers said, or where it is not proven whose queries they are; a signature out of its time proves nothing where
packet time fits no signature; and records prove a fault for a resolver that has got an answer to the same question,
not for one that may have been told not to check it.

"""


def output(rcause, *args):
    done = subprocess.run([rcause, *args], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode("ascii")


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
        rows = [("when", c["when"]), ("who must act", c["responsible"]), ("what to do", " ".join(c.get("fix") or [])),
                ("to look further", "; ".join("`%s`" % s for s in c.get("next_steps") or [])),
                ("reference", c.get("reference"))]
        parts += ["- **%s**: %s\n" % row for row in rows if row[1]]
        if c["evidence"]:
            parts.append("\n" + table(["confidence", "evidence that it takes"], c["evidence"].items()))
        parts.append("\n" + table(["mistaken for", "but there"], [
            ["[`%s`](#%s)" % (r["slug"], anchor(r["slug"])), r["there"]] for r in c["rivals"]]))
    return "".join(parts)


def anchor(title):
    """The fragment that GitHub gives a heading."""
    return re.sub(r"[^a-z0-9_ -]", "", title.lower()).replace(" ", "-")


# --- example ---------------------------------------------------------------------------------


def pick(event):
    """The shown fields of an event."""
    shown = {}
    for path in SHOWN:
        keys, source, target = path.split("."), event, shown
        for key in keys[:-1]:
            source, target = source[key], target.setdefault(key, {})
        if keys[-1] in source:
            target[keys[-1]] = source[keys[-1]]
    del shown["rcause"]["evidence"][1:]
    return shown


def compact(value, depth=0):
    """JSON with small objects on one line."""
    pad = "  " * (depth + 1)
    deep = isinstance(value, dict) and any(isinstance(v, (dict, list)) for v in value.values())
    if isinstance(value, dict) and (deep or len(value) > 3):
        parts = ["%s%s: %s" % (pad, json.dumps(k), compact(v, depth + 1)) for k, v in value.items()]
        return "{\n" + ",\n".join(parts) + "\n" + pad[2:] + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[" + ", ".join(compact(v, depth) for v in value) + "]"
    return json.dumps(value)


def example(rcause):
    report = output(rcause, *EXAMPLE, "-o", "report:-")
    events = map(json.loads, output(rcause, *EXAMPLE, "--emit", "failures").splitlines())
    event = next(e for e in events if e["rcause"]["confidence"] == "proven")
    return ("    $ ./rcause %s -o report:-\n\n%s\nAs an event (one line; here with line breaks, and "
            "with some fields only):\n\n%s\n" % (" ".join(EXAMPLE), indent(report),
                                                 indent(compact(pick(event)))))


def indent(text):
    return "".join("    %s\n" % line if line else "\n" for line in text.rstrip("\n").split("\n"))


# --- files -----------------------------------------------------------------------------------


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def replace_between(path, text, name, body):
    head, found, rest = text.partition(BEGIN % name)
    if not found or END not in rest:
        raise SystemExit("docs: %s: no place marked %s" % (path, name))
    return head + found + "\n" + body + "\n" + rest[rest.index(END):]


def documents(rcause):
    """{path: its text as it should be}"""
    schema_text = output(rcause, "--schema")
    schema = json.loads(schema_text)
    events = read("docs/events.md")
    events = replace_between("docs/events.md", events, "fields", fields_table(schema))
    events = replace_between("docs/events.md", events, "counters", counters_table(schema))
    causes = json.loads(output(rcause, "--causes=json"))
    readme = replace_between("README.md", read("README.md"), "example", example(rcause))
    return {"docs/event.schema.json": schema_text, "docs/events.md": events,
            "docs/causes.md": causes_text(causes), "README.md": readme}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rcause", default=os.path.join(ROOT, "rcause"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    stale = 0
    for path, text in documents(os.path.abspath(options.rcause)).items():
        if os.path.exists(os.path.join(ROOT, path)) and read(path) == text:
            continue
        if options.write:
            with open(os.path.join(ROOT, path), "w", encoding="utf-8") as f:
                f.write(text)
            print("wrote " + path)
        else:
            stale = 1
            print("%s is not what the program says: run make docs" % path)
    return stale


if __name__ == "__main__":
    sys.exit(main())

"""The printed forms of an accuracy run: tables, confusion, lists of what was not exact."""
import collections
import csv
import json
import sys

HEADS = {"false_alarms": "false alarms", "wrong_proven": "wrong proven",
         "rcode_differs": "rcode differs"}
SHOWN = ("failures", "found", "exact", "wrong", "wrong_proven", "unknown", "missed", "healthy",
         "false_alarms", "invented", "duplicates", "rcode_differs", "beside")


def percent(part, whole):
    return "%.1f" % (100.0 * part / whole) if whole else "-"


def print_table(heads, rows, left=2):
    shown = [[str(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(len(row[i]) for row in shown) for i in range(len(heads))]
    for row in shown:
        print("  ".join(cell.ljust(w) if i < left else cell.rjust(w)
                        for i, (cell, w) in enumerate(zip(row, widths))).rstrip())


def counts(score):
    return tuple(score.n[c] for c in SHOWN) + (percent(score.n["exact"], score.n["failures"]),)


def print_scores(name, rows):
    print_table((name, "view", *(HEADS.get(c, c) for c in SHOWN), "exact %"),
                [(what, view) + counts(s) for what, view, s in rows])


def print_confusion(view, score):
    rows = collections.defaultdict(list)
    for (label, got, confidence), count in score.confusion.items():
        rows[label].append((count, got, confidence))
    print("\nview %s: label -> said: how often, confidence" % view)
    for label in sorted(rows):
        print(label)
        for count, got, confidence in sorted(rows[label], key=lambda r: (-r[0], r[1:])):
            print("    %5d  %-36s %s" % (count, got, confidence))


def problem_text(kind, label, event):
    question = event["dns"].get("question", {}) if event else {"name": label["qname"],
                                                               "type": label["qtype"]}
    start = event["event"]["start"] if event else "%.6f" % label["t"]
    lines = ["%s: %s %s %s" % (kind, start, question.get("name"), question.get("type"))]
    if label:
        lines.append("    label: %s %s" % (label["cause"], " ".join(label.get("also_ok") or ())))
        if label.get("fault"):
            lines.append("    fault: %s" % label["fault"])
    if event:
        rc = event["rcause"]
        lines.append("    said:  %s (%s) %s" % (rc["cause"], rc["confidence"],
                                              rc.get("explanation", "")))
    return "\n".join(lines)


def print_ede(results):
    rows = [(software, s.n["failures"], s.ede_any, s.ede_exact, s.n["exact"])
            for (view, software), s in sorted(results.resolvers.items())
            if view == "both" and s.n["failures"]]
    if rows:
        print("\nthe resolver's own EDE on the same questions (view both)")
        print_table(("software", "failures", "EDE given", "EDE exact", "rcause exact"), rows, 1)


def print_rows(options, results):
    if options.json:
        for name, view, score in results.rows:
            print(json.dumps({"view": view, **score.row(name)}))
    else:
        out = csv.DictWriter(sys.stdout, ["view", *results.rows[0][2].row("")], lineterminator="\n")
        out.writeheader()
        out.writerows({"view": view, **score.row(name)} for name, view, score in results.rows)


def show(options, results):
    if options.json or options.csv:
        print_rows(options, results)
        return
    if options.cases:
        print_scores("capture", results.rows)
        print()
    print_scores("software", [(software, view, s) for (view, software), s
                              in sorted(results.resolvers.items())])
    print()
    print_scores("", [("TOTAL", view, s) for view, s in results.views.items()])
    if "upstream" in results.views:
        n = results.views["upstream"].n
        print("\nview upstream: %d failures of clients were served by queries seen, of %d an event"
              " names the cause" % (n["served"], n["named"]))
    for view, score in results.views.items():
        if view == "both" or options.verbose:
            print_confusion(view, score)
    print_ede(results)
    if options.verbose:
        for name, view, score in results.rows:
            for problem in score.problems:
                print("\n%s (%s)\n%s" % (name, view, problem_text(*problem)))

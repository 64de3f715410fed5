#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proves that docs/troubleshooting.md has every error and warning of tests/golden/messages.txt, by its text.

Usage: page_test.py PAGE MESSAGES

A message is found if a `code span` in the first column of a table matches it, with "…" for what differs. A span that
matches no message any more is an error, too, and so is one that would match nearly anything.
"""
import re
import sys

LEAST_FIXED = 10  # characters beside "…"


def spans(page):
    """The code spans of first columns, as (line number, span)."""
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("| `"):
            cell = line[2:].split(" | ")[0]
            for span in re.findall(r"`([^`]+)`", cell):
                yield number, span


def expression(span):
    return re.compile("".join(".+" if part == "…" else re.escape(part) for part in re.split("(…)", span)))


def messages(text):
    return re.findall(r"^driver-override: (?:error|warning): (.*)$", text, re.MULTILINE)


def faults(page, text):
    said = messages(text)
    if not said:
        yield "there are no messages to look for"
    patterns = []
    for number, span in spans(page):
        if len(span.replace("…", "").strip()) < LEAST_FIXED:
            yield f"line {number}: \"{span}\" says too little"
        patterns.append((number, span, expression(span)))
    for message in said:
        if not any(pattern.fullmatch(message) for _, _, pattern in patterns):
            yield f"not explained: {message}"
    for number, span, pattern in patterns:
        if not any(pattern.fullmatch(message) for message in said):
            yield f"line {number}: no message is \"{span}\""


def self_test():
    """That each kind of fault is seen."""
    said = 'driver-override: error: expected "," after the bus "pci", found ":"\n'
    sound = '| `expected "," after the bus …, found …` | x |\n'
    assert not list(faults(sound, said))
    assert list(faults("", said)), "a message that is not there"
    assert list(faults(sound + "| `no such message` | x |\n", said)), "a span without a message"
    assert list(faults("| `expected …` | x |\n", said)), "a span that matches nearly anything"
    assert list(faults(sound, "")), "no messages"


def main():
    self_test()
    page, text = (open(name, encoding="utf-8").read() for name in sys.argv[1:3])
    found = list(faults(page, text))
    print("\n".join(found) or f"all {len(messages(text))} messages are explained")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()

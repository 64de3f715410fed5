# SPDX-License-Identifier: LGPL-2.1-or-later
"""The single faults that can be put into a source file, as texts. A further kind of fault is a function in KINDS."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    file: str
    line: int  # from 1
    before: str  # the whole line
    after: str

    def key(self):
        """What the list of equivalents names it by: line numbers move."""
        return (self.file, self.before.strip(), self.after.strip())


def code_only(text):
    """The text with every byte of a comment, string or preprocessor line as a blank."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|^[ \t]*#[^\n]*'
    return re.sub(pattern, blank, text, flags=re.S | re.M)


def swaps(pairs):
    """Replaces one token by another wherever it stands alone between blanks."""

    def find(code):
        for old, new in pairs:
            for match in re.finditer(r"(?<= )" + re.escape(old) + r"(?= )", code):
                yield match.start(), match.end(), new

    return find


def truth_values(code):
    for match in re.finditer(r"\b(true|false)\b", code):
        yield match.start(), match.end(), "false" if match.group(1) == "true" else "true"


def negations(code):
    for match in re.finditer(r"(?<=[ (])!(?=[\w(:])", code):
        yield match.start(), match.end(), ""


def closing(code, at):
    """Where the parenthesis that opens at `at` is closed."""
    depth = 0
    for i in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[i], 0)
        if depth == 0:
            return i
    return -1


def conditions(code):
    """A condition that always, or never, holds; those with a declaration are passed over."""
    for match in re.finditer(r"\b(if|while) \(", code):
        begin = match.end() - 1
        end = closing(code, begin)
        inside = code[begin + 1 : end]
        if end < 0 or "\n" in inside or ";" in inside or re.search(r"(?<![=!<>])=(?!=)", inside):
            continue
        if inside.strip() in ("true", "false"):
            continue
        if match.group(1) == "if":
            yield begin + 1, end, "true"
        yield begin + 1, end, "false"


def numbers(code):
    for match in re.finditer(r"(?<![\w.'])(\d+)(U?)(?![\w.'])", code):
        value = int(match.group(1))
        yield match.start(), match.end(), str(value + 1) + match.group(2)
        if value == 1:
            yield match.start(), match.end(), "0" + match.group(2)


def statements(code):
    """A call or an assignment on a line of its own goes."""
    for match in re.finditer(r"^ +((?:\w+(?:::|\.|->))*\w+(?:\(|\[| [-+|]?= | \+\+)[^\n]*;|\+\+\w+;)$", code, re.M):
        if re.match(r"(return|const|auto|using|throw|static|case|delete|if|for|while|do)\b", match.group(1)):
            continue
        yield match.start(1), match.end(1), ";"


def jumps(code):
    for match in re.finditer(r"\b(continue|break);", code):
        yield match.start(), match.end(), "break;" if match.group(1) == "continue" else ";"


KINDS = (
    swaps(
        (
            ("==", "!="),
            ("!=", "=="),
            ("<", "<="),
            ("<=", "<"),
            (">", ">="),
            (">=", ">"),
            ("&&", "||"),
            ("||", "&&"),
            ("+", "-"),
            ("-", "+"),
        )
    ),
    truth_values,
    negations,
    conditions,
    numbers,
    statements,
    jumps,
)


def faults_of(file, text):
    """All of them, in the order of the text. Those of several lines are passed over."""
    code = code_only(text)
    found = set()
    for kind in KINDS:
        for begin, end, new in kind(code):
            if "\n" in text[begin:end]:
                continue
            first = text.rfind("\n", 0, begin) + 1
            last = text.find("\n", end)
            before = text[first:last]
            after = text[first:begin] + new + text[end:last]
            if re.search(r"static_assert|^ *template\b", before) or before == after:
                continue
            found.add(Fault(file, text.count("\n", 0, begin) + 1, before, after))
    return sorted(found, key=lambda fault: (fault.line, fault.after))

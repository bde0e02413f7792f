"""Rule `long-lines` in Python: finds what the one in Rust finds, and says the same."""

import wit_world
from wit_world.imports.types import Description, Finding, Position, Range, Severity

# How many characters a line may have.
LIMIT = 120


class WitWorld(wit_world.WitWorld):
    def describe(self):
        return Description(
            title="Long lines",
            summary=f"A line of more than {LIMIT} characters is hard to read.",
            severity=Severity.WARNING,
        )

    def check(self, document):
        return [
            finding(number, len(text))
            for number, text in enumerate(document.lines, start=1)
            if is_overlong(text)
        ]


def is_overlong(text):
    """A line without white space, such as a long link, cannot be broken: it is let through."""
    return len(text) > LIMIT and len(text.split()) > 1


def finding(line, length):
    return Finding(
        range=Range(start=Position(line, LIMIT + 1), end=Position(line, length + 1)),
        severity=None,
        message=f"this line has {length} characters, {length - LIMIT} too many",
        fix=None,
    )

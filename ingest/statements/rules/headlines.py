"""A headline that names its speaker before a colon: `Turner: Ukraine must strike back`."""

import re

from ingest.statements.attribution import Attribution

# On the training articles 117 first lines have this form, and 76 tell what somebody says; of those 59 whose name
# comes again in the article and is none of these words, 53.
_TAG = re.compile(r"\s*(?P<who>[A-Z][\w.’'-]*(?: (?:of |the |de |van )?[A-Z][\w.’'-]*){0,4}): (?=\S)")
_NOBODY = frozenset(
    "latest breaking update updated exclusive poll report revealed look wow watch boom busted bombshell "
    "leaked video photos analysis opinion editorial review byline notice email daily claim live "
    "transcript correction column podcast guide politics news fact facts bernie's it in today tonight "
    "recap timeline explainer obituary letter".split()
)
LONGEST = 200


def headline(text: str) -> list[Attribution]:
    """What the first line of `text` gives to somebody named before its colon; one attribution at most."""
    end = text.find("\n")
    match = _TAG.match(text, 0, max(end, 0))
    if not match or end > LONGEST:
        return []
    words = match["who"].split()
    name = words[-1].removesuffix("'s").removesuffix("’s")
    again = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE if name.isupper() else 0)
    if _NOBODY & {word.lower() for word in words} or not again.search(text, end):
        return []
    content = (match.end(), match.end() + len(text[match.end() : end].rstrip()))
    return [Attribution((content,), match.span("who"), None)]

"""The words of questions: what is cut from them, and what they are compared by."""

import re
from functools import lru_cache

# Function words and the words that questions are made of. FTS5 takes 11 times as long with two of them.
STOP = frozenset(
    (
        "a about after all also an and any are as at be because been before being but by can could did do "
        "does doing each ever for from had has have he her him his how i if in into is it its just like made make "
        "many me might more most much my no not of off on only or our out over own per said same say says she "
        "should so some such than that the their them then there these they this those through to too under "
        "until up upon us very was we were what when where which while who whom why will with would you your "
        "think thinks thought according tell"
    ).split()
)
# Stems of verbs that ask for somebody's words or mind.
SAYING = re.compile(
    r"\b(?:say|said|tell|told|talk|th(?:ink|ought)|believ|want|propos|suggest|argu|confirm|claim|promis|call|describ|"
    r"expla|announc|urg|warn|mean|respon|react|support|oppos|back|favou?r|demand|den(?:y|ied)|critici|vow|pledg|plan|"
    r"feel|hop(?:e|ing)|expect|blam|ask|wr(?:ite|ote)|admit|insist|recommend|advis|answer|comment|condemn|prais|"
    r"accus|reject|endors|predict|mention|state[ds]?\b|threat|offer|defend|position|stance|view|opinion|take\b|stand\b)",
    re.IGNORECASE,
)
# Verbs that help: they begin questions.
HELPING = (
    r"(?:did|does|do|has|have|had|would|could|can|will|should|might|may|is|are|was|were)(?:n['’]t)?|"
    r"can['’]t|won['’]t"
)


def words(text: str) -> list[str]:
    """The words of a text in lower case, possessives cut."""
    return re.findall(r"[^\W_]+", re.sub(r"['’]s\b", " ", text).lower())


@lru_cache(20_000)
def stem(word: str) -> str:
    """A crude stem: enough to match a question's word with its inflections."""
    if len(word) > 4:
        word = re.sub(r"(?:ational|ation|ments?|ings?|edly|ed|ies|ers?|ly|es|s|e|y)$", "", word) or word
    return word


def content(text: str) -> tuple[str, ...]:
    """The distinct words of a text that say what it is about, in order."""
    return tuple(w for w in dict.fromkeys(words(text)) if w not in STOP and len(w) > 1 and not SAYING.match(w))

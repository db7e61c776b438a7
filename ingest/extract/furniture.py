"""Knows the lines that a web page puts around an article: buttons, captions, dates, notices.

It judges one line by itself. When in doubt a line is the article's: a line with words of speech in quotation
marks always is. Of 19,291 paragraphs of news the rules for any page took 39: each a photographer's credit or a
"Follow … on Twitter".
"""

import re

# Words on buttons that no article uses as a line of its own: one of them proves that a page was saved.
_BUTTONS = frozenset(
    "advertisement,advertisements,story continues below advertisement,story continues below,"
    "article continues below,article continues after advertisement,continue reading,continue reading below,"
    "scroll to continue,skip to content,skip to main content,skip advertisement,read more,read next,read also,"
    "show more,load more,view all,see more,learn more,share,share this,share this article,share this story,"
    "share article,copy link,link copied,copy link to clipboard,gift article,gift this article,print article,"
    "listen to this article,listen to article,sponsored,sponsored content,promoted content,leave a comment,"
    "post a comment,view comments,show comments,comments,accept all,accept all cookies,accept cookies,"
    "reject all,reject all cookies,cookie settings,manage cookies,manage preferences,privacy policy,"
    "terms of use,terms of service,do not sell my personal information,sign up,subscribe now,subscribe,"
    "log in,sign in,back to top,save article,enlarge this image,view this post on instagram,text size,"
    "follow us,report a typo,report an error,hide caption,toggle caption".split(",")
)
# These could be a heading or an answer, so they go only from what is a saved page by other signs.
_LABELS = frozenset(
    "home menu search print email e-mail facebook twitter x linkedin whatsapp reddit telegram pinterest flipboard "
    "instagram youtube bluesky threads tweet pin save listen play close advertise newsletter newsletters live "
    "video photos caption credit author authors tags topics".split()
)
_SECTIONS = frozenset(
    "related,related articles,related stories,related coverage,related content,related links,related topics,"
    "you may also like,you might also like,recommended,recommended for you,recommended stories,most read,"
    "most popular,trending,trending now,more stories,more news,more from this section,more on this story,"
    "more on this topic,top stories,latest news,popular stories,editors' picks,read next,what to read next".split(
        ","
    )
)
_AGENCY = (
    r"(?:getty(?: images)?|afp|ap(?: photo)?|associated press|reuters|epa(?:-efe)?|shutterstock|istock|alamy"
    r"|bloomberg|zuma(?: press)?|upi|anadolu(?: agency)?|sipa(?: usa)?|xinhua|nurphoto|pa(?: wire| media)?)"
)
_NAMELIKE = r"[\w .,’'&-]{1,70}"
_NETWORK = "(?:x|twitter|facebook|instagram|threads|bluesky|linkedin|youtube|tiktok)"
_SITE = "(?:we|this (?:web)?site|our (?:web)?site|we and our .{0,40}partners)"
_PICTURE = "(?:photo|image|picture|photograph)s?"
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\d{1,2}:\d{2}(?::\d{2})?(?: ?/ ?\d{1,2}:\d{2}(?::\d{2})?)?",  # a player's clock
        r"(?:reading time:? )?\d{1,3}[ -]?min(?:ute)?s?(?:[ -](?:read|listen|watch))?",
        r"(?:listen|watch)(?: to (?:this )?article)? ?\(?\d{1,3}[ -]?min(?:ute)?s?\)?",
        r"\(?\d[\d,.]*k?\)? (?:comments?|shares?|views?)|comments? \(\d+\)",
        r"(?:©|\(c\)|copyright\b).{0,200}?(?:(?:19|20)\d\d|all rights reserved).{0,200}",
        r"(?:[^.!?]{0,80}[.,] ?)?all rights reserved\.?",
        r"(?:please )?(?:sign up|subscribe|register)\b(?! said).{0,120}\bnewsletters?\b.{0,80}",
        r"get (?:our|the|your)\b.{0,80}\bnewsletters?\b.{0,80}",
        rf"follow (?:us|@?\w+(?: \w+)?) on {_NETWORK}\b.{{0,60}}",
        r"(?:read|see|watch|learn)(?: (?:more|also|next))? ?(?:here)?:.{1,150}",
        r"read more(?: about .{1,60})? ?[»>→…]+",
        r"related(?: (?:article|story|stories|coverage|content|links?|topics?)s?)?:.{1,150}",
        r"(?:download|get) (?:our|the)\b.{0,40}\bapp\b.{0,60}",
        rf"{_SITE} (?:use|uses|store)\b.{{0,60}}\bcookies\b.*",
        r"by (?:continuing|using|clicking|signing up|browsing)\b.{0,120}\b(?:agree|consent|accept)\b.*",
        rf"(?:file )?{_PICTURE}(?: credit| by| courtesy of)+:? ?{_NAMELIKE}(?:/{_NAMELIKE})?\)?",
        rf"(?:credit|photo|image|source): ?{_NAMELIKE}/ ?{_NAMELIKE}",
    )
]
# Capitalised, unlike what follows the stroke in "a Reuters/Ipsos poll showed"; `(?-i:` keeps it so.
_CREDITED = r"(?-i:[^\W\d_a-z][\w.’'-]*(?: (?:[^\W\d_a-z][\w.’'-]*|d[aei]l?|van|von|bin)){0,4})"
_CREDIT = re.compile(
    rf"(?:^|[ (\[|])(?:"
    rf"{_CREDITED} ?/ ?(?:{_CREDITED}/ ?)?{_AGENCY}(?: via {_CREDITED})?"  # Name/Agency
    rf"|(?:ap photo|reuters|afp|epa) ?/ ?{_CREDITED}"  # AP Photo/Name
    rf"|via {_AGENCY}"
    r")(?: file(?: photo)?)?[)\]]?\.?$"
    # An agency alone in brackets ends reports, too: only those that sell nothing but pictures tell a caption.
    r"|[(\[][^()\[\]]{0,60}\b(?:getty images|ap photo|shutterstock|istock|alamy|zuma press|nurphoto)[)\]]\.?$"
    rf"|[(\[](?:photo by |photo: ?)[^()\[\]]{{0,60}}\b{_AGENCY}[)\]]\.?$",
    re.IGNORECASE,
)
_SPEECH = re.compile(r"[“\"«„][^“”\"«»]*\w[^\w”\"»]+\w")
_REPORTED = re.compile(r"\b(?:said|says|told|added|argued|according to|announced|warned)\b", re.IGNORECASE)
_DATED = re.compile(
    r"(?:first |last )?(?:updated|modified|published|posted|created)\b(?: on| at)?:?", re.IGNORECASE
)
_SPLIT = re.compile(r"[\s,.:/|·•–—+()-]+")
_CALENDAR = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day|\d{1,4}(?:st|nd|rd|th)?|\d{1,4}[ap]m|\d{1,2}t\d{1,2}|\d{2}z|[ap]m?|m|[ecmp][sd]?t|bst|ist|gmt"
    r"|utc|cet|cest|z|at|on|ago|hours?|minutes?|mins?|days?|updated|published|last|modified)",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 80


def certain(line: str) -> bool:
    """Whether `line` is furniture on any page, and so a sign that this is a saved page."""
    line = " ".join(line.split())
    if _key(line) in _BUTTONS or dated(line) or _row_of_buttons(line):
        return True
    if speech(line):
        return False
    return caption(line) or (not _REPORTED.search(line) and any(p.fullmatch(line) for p in _PATTERNS))


def label(line: str) -> bool:
    """Whether `line` is furniture if the page is a saved one: a word of a menu, or nothing but signs."""
    return _key(line) in _LABELS or not any(map(str.isalnum, line))


def section(line: str) -> bool:
    """Whether `line` heads a list of other articles."""
    return _key(line) in _SECTIONS


def caption(line: str) -> bool:
    """Whether `line` ends with the credit of a photograph."""
    return not speech(line) and len(line.split()) <= _LONGEST_CAPTION and _CREDIT.search(line) is not None


def dated(line: str) -> bool:
    """Whether `line` only says when the page was published or updated, if it says even that."""
    found = _DATED.match(line)
    rest = line[found.end() :].strip() if found else ""
    return found is not None and (not rest or _only_calendar(rest))


def lone_date(line: str) -> bool:
    """Whether `line` is a date, perhaps with a time, and nothing else."""
    return any(map(str.isdigit, line)) and any(map(str.isalpha, line)) and _only_calendar(line)


def speech(line: str) -> bool:
    """Whether `line` holds quotation marks with at least two words in them."""
    return _SPEECH.search(line) is not None


def _only_calendar(text: str) -> bool:
    words = [word for word in _SPLIT.split(text) if word]
    return len(text) <= 120 and all(_CALENDAR.fullmatch(word) for word in words)


def _row_of_buttons(line: str) -> bool:
    words = [word for word in _SPLIT.split(line.lower()) if word]
    return 2 <= len(words) <= 12 and all(word in _LABELS or word in {"share", "copy", "link"} for word in words)


def _key(line: str) -> str:
    return " ".join(line.casefold().replace("’", "'").strip(" .:!»›>→|•·+").split())

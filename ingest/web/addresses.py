"""Which addresses may be fetched: http(s) to public hosts, written in one way only. It resolves and opens nothing.

Programs read odd addresses differently (`http://127.0.0.1:6666\\@news.example`), so what is not plain is refused,
not mended. What a name resolves to is checked where the connection is made, with `is_public`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urljoin

from ingest.extract.draft import Refusal

Network = IPv4Network | IPv6Network
_IP = IPv4Address | IPv6Address

LONGEST = 2048
_KEPT = "/%:?#[]@!$&'()*+,;=-._~|"  # not escaped: they have a meaning in an address, or are escaped already
# Where web servers listen; behind most other ports is something that must not be spoken to.
PORTS = frozenset((80, 443, 8000, 8008, 8080, 8443, 8888))
_DEFAULT = {"http": 80, "https": 443}
_FORM = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#.*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]@%]+)(?::([0-9]{0,5}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# A host whose last label is a number is an IPv4 address to a browser, whatever its base: `0x7f.1`, `2130706433`.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
# Names that are given out within a house. Sources: RFC 6761, 6762, 7686, 8375, 9476, and ICANN's .internal.
_HOUSE = frozenset(
    "localhost local localdomain internal lan intranet corp home private onion alt home.arpa".split()
)
# What IANA's registries do not give to hosts on the internet, beyond what `is_global` knows in every Python.
_CLOSED = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_UNICAST = IPv6Network("2000::/3")
# Behind these stands an IPv4 address, which decides. Sources: RFC 4291, RFC 6052.
_MAPPED, _TRANSLATED = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Address:
    """An http(s) address taken apart. `host` is in ASCII, IPv6 without brackets; `target` path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT[self.scheme] else f"{host}:{self.port}"

    @property
    def site(self) -> str:
        """Scheme and authority: what has one robots.txt."""
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return self.site + self.target


def read(url: str, allowed: Sequence[Network] = ()) -> Address | Refusal:
    """An address as a person or a page gives it. `allowed` are networks that may be reached though not public."""
    found = _plain(url)
    return found if isinstance(found, Refusal) else _refused(found, allowed) or found


def taken_apart(url: str) -> Address | None:
    """An address in its one plain form, wherever it leads; None for what is none, or is written in another way."""
    found = _plain(url)
    return None if isinstance(found, Refusal) else found


def _plain(url: str) -> Address | Refusal:
    if len(quote(url, safe=_KEPT, errors="replace")) > LONGEST:
        return Refusal(f"the address is longer than {LONGEST} characters")
    if re.search(r"[\x00-\x20\x7f-\xa0\\\ud800-\udfff]|\s", url):
        return Refusal("the address holds spaces, control characters or backslashes")
    form = _FORM.fullmatch(url)
    if not form:
        return Refusal("not an http(s) address")
    scheme, target = form[1].lower(), form[3]
    if "@" in form[2]:
        return Refusal("the address holds a user name; only plain ones are fetched")
    parts = _AUTHORITY.fullmatch(form[2])
    host = _host(parts[1]) if parts else None
    if parts is None or host is None:
        return Refusal("the address names no host, or not in a plain way")
    port = int(parts[2]) if parts[2] else _DEFAULT[scheme]
    return Address(scheme, host, port, _target(target))


def joined(base: Address, link: str) -> str:
    """What a link on a page means, as an address to `read`."""
    try:
        return urljoin(str(base), link)
    except ValueError:  # brackets that are no IPv6 address
        return link


def is_public(ip: _IP, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address may be connected to."""
    if is_allowed(ip, allowed):
        return True
    if isinstance(ip, IPv6Address):
        if ip in _MAPPED or ip in _TRANSLATED:
            return is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip not in _UNICAST or ip.scope_id:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in block for block in _CLOSED)


def is_allowed(ip: _IP, allowed: Sequence[Network]) -> bool:
    """Whether it lies in one of the operator's own networks."""
    return any(ip in network for network in allowed)


def _refused(found: Address, allowed: Sequence[Network]) -> Refusal | None:
    """What can be told without a resolver."""
    ip = numeric(found.host)
    if ip is not None and not is_public(ip, allowed):
        return Refusal("the address is not a public one")
    if not (allowed or found.port in PORTS) or not 0 < found.port < 2**16:
        return Refusal(f"nothing is fetched from port {found.port}")
    if ip is None and not allowed:
        labels = found.host.split(".")
        if len(labels) < 2 or labels[-1] in _HOUSE or ".".join(labels[-2:]) in _HOUSE:
            return Refusal("the address is not a public one")
    return None


def numeric(host: str) -> _IP | None:
    """The IP address that a host is, None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _host(given: str) -> str | None:
    """In the one form that is used from here on; None for what is no host."""
    if given.startswith("["):
        ip = numeric(given[1:-1])
        return str(ip) if isinstance(ip, IPv6Address) else None
    host = _ascii(given)
    if host is None:
        return None
    host = host.removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return host if isinstance(numeric(host), IPv4Address) else None
    named = len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
    return host if named else None


def _ascii(host: str) -> str | None:
    """As it is asked of a resolver. Full-width digits and dots become plain ones, as in a browser (UTS 46)."""
    import idna

    try:
        return host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None


def _target(rest: str) -> str:
    """Path and query with everything escaped that may not stand in a request's first line."""
    path = rest if rest.startswith("/") else f"/{rest}"
    return quote(path, safe=_KEPT)

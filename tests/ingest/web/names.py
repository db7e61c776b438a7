"""A name server on loopback for tests, and a resolver that asks it and nobody else, over UDP as for real."""

import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from threading import Thread
from typing import Self

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

# Addresses; or several answers, one for each question in turn (the last one stays); or another name.
Known = Mapping[str, Sequence[str] | Sequence[Sequence[str]] | str]


class Names:
    """Answers from entry to exit. Names that it was not given do not exist.

    `queries` are the names it was asked for, once for each address family, in small letters.
    """

    def __init__(self, known: Known) -> None:
        self.queries: list[str] = []
        self._known = known
        self._asked: Counter[tuple[str, int]] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._open = True
        self._thread = Thread(target=self._serve, daemon=True)
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._socket.sendto(b"", self._socket.getsockname())  # wakes it up
        self._thread.join()
        self._socket.close()

    async def resolve(self, host: str) -> list[str]:
        """The addresses of a host. Raises OSError where there are none."""
        asking = dns.asyncresolver.Resolver(configure=False)
        asking.nameservers, asking.port, asking.lifetime = ["127.0.0.1"], self.port, 5.0
        try:
            return list((await asking.resolve_name(host)).addresses())
        except dns.exception.DNSException as error:
            raise OSError(str(error)) from error

    def _serve(self) -> None:
        while self._open:
            try:
                data, asker = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            try:
                answer = self._answer(dns.message.from_wire(data))
            except dns.exception.DNSException:
                continue
            self._socket.sendto(answer.to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA | dns.flags.AA
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.queries.append(name)
        for _ in range(8):
            to = self._known.get(name)
            if not isinstance(to, str):
                break
            answer.answer.append(dns.rrset.from_text(f"{name}.", 0, "IN", "CNAME", f"{to}."))
            name = to
        if name not in self._known:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif found := self._addresses(name, question.rdtype):
            answer.answer.append(dns.rrset.from_text(f"{name}.", 0, "IN", question.rdtype, *found))
        return answer

    def _addresses(self, name: str, rdtype: dns.rdatatype.RdataType) -> list[str]:
        given = self._known[name]
        if given and not isinstance(given[0], str):
            turn = self._asked[name, rdtype]
            self._asked[name, rdtype] += 1
            given = given[min(turn, len(given) - 1)]
        version = {dns.rdatatype.A: 4, dns.rdatatype.AAAA: 6}.get(rdtype)
        return [str(ip) for ip in given if ip_address(str(ip)).version == version]

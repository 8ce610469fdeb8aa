"""The names of hosts, as this machine resolves them."""

import socket


class SystemResolver:
    """Implements the port `Resolver`."""

    def addresses(self, host: str) -> tuple[str, ...]:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            return ()
        return tuple(dict.fromkeys(str(address[0]) for *_, address in found))

"""Where webhooks may lead: to the internet and nowhere else, or to this machine and nowhere else."""

import pytest
from paystream.errors import InvalidInputError
from paystream.use_cases.webhook_endpoints.check_webhook_url import Reach, WebhookUrls

PUBLIC_ADDRESS = "93.184.215.14"


class Names:
    """What hosts lead to; a host that is an address leads to itself."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    def addresses(self, host: str) -> tuple[str, ...]:
        assert host
        return self._addresses


def code(url: str, *addresses: str, reach: Reach = Reach.PUBLIC) -> str | None:
    """The code with which the URL is refused; None if it is taken."""
    try:
        WebhookUrls(reach, Names(*addresses)).check(url)
    except InvalidInputError as refused:
        (found,) = refused.details["webhook_url"]
        return found
    return None


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/lago?tenant=1",
        "https://acme:s3cret@hooks.example.com:443/lago",
        "https://hooks.example.com:8443/lago#part",
        "https://xn--mnchen-3ya.example/lago",
        "https://HOOKS.example.com/%7Elago",
    ],
)
def test_a_public_url_is_taken(url: str) -> None:
    assert code(url, PUBLIC_ADDRESS, "2606:2800:21f:cb07:6820:80da:af6b:8b2c") is None


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.9.9.9 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 192.0.2.1 198.18.0.1
    224.0.0.1 240.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1
    ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2001:db8::1
    """.split(),
)
def test_an_address_that_is_not_for_all_is_refused_whatever_its_name(address: str) -> None:
    assert code("https://hooks.example.com/lago", address) == "url_is_not_public"


def test_a_name_that_leads_to_a_private_address_besides_is_refused() -> None:
    assert code("https://hooks.example.com/lago", PUBLIC_ADDRESS, "10.0.0.1") == "url_is_not_public"


def test_a_name_that_leads_nowhere_is_refused() -> None:
    assert code("https://hooks.example.com/lago") == "host_is_unknown"


def test_without_encryption_nothing_is_posted() -> None:
    assert code("http://hooks.example.com/lago", PUBLIC_ADDRESS) == "url_is_not_https"


@pytest.mark.parametrize(
    ("port", "refused"),
    [(443, None), (1024, None), (65535, None)] + [(port, "port_is_not_allowed") for port in (1, 22, 25, 80, 442, 1023)],
)
def test_ports_of_other_protocols_are_refused(port: int, refused: str | None) -> None:
    assert code(f"https://hooks.example.com:{port}/lago", PUBLIC_ADDRESS) == refused


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com/lago",
        "//hooks.example.com",
        "ftp://hooks.example.com",
        "https://",
        "https:///lago",
        "https://:443/",
        "https://user@/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:65536/",
        "https://hooks.example.com:x/",
        "https://[::1",
        "https://hooks_1.example.com/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\n",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://münchen.example/",
        "https://hooks.example.com/" + "a" * 1900,
        "javascript:alert(1)",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    assert code(url, PUBLIC_ADDRESS) == "url_is_invalid"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/lago", "https://localhost/lago"])
def test_on_one_machine_that_machine_is_reached(url: str) -> None:
    assert code(url, "127.0.0.1", reach=Reach.LOCAL) is None


@pytest.mark.parametrize("addresses", [[PUBLIC_ADDRESS], ["10.0.0.1"], ["127.0.0.1", PUBLIC_ADDRESS]])
def test_on_one_machine_no_other_is_reached(addresses: list[str]) -> None:
    assert code("http://hooks.example.com/lago", *addresses, reach=Reach.LOCAL) == "url_is_not_local"

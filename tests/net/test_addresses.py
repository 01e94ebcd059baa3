"""Which addresses are public: against the IANA special-purpose registries, by hand."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.net.addresses import AddressRefused, Guard, is_public

REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001:db8::1",
    "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "fc00::1", "fd12::1",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.1", "172.15.0.1",
    "172.32.0.1", "208.80.154.240", "2606:4700::1111", "2620:0:861:ed1a::1", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_special_addresses_are_refused(text):
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_pass(text):
    assert is_public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_judged_as_what_it_is(address):
    for clothes in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(ipaddress.ip_address(clothes)) == is_public(address)


def test_of_several_addresses_only_the_public_ones_are_handed_on():
    assert Guard().check("a.test", ["10.0.0.1", "8.8.8.8"]) == ["8.8.8.8"]
    with pytest.raises(AddressRefused, match=r"a\.test is at 10\.0\.0\.1, which is not public"):
        Guard().check("a.test", ["10.0.0.1"])
    with pytest.raises(AddressRefused, match="no address"):
        Guard().check("a.test", [])


def test_an_address_that_was_never_checked_gets_no_socket():
    guard = Guard(["127.0.0.0/8"])
    with pytest.raises(AddressRefused, match="never checked"):
        guard.open_socket((2, 1, 6, "", ("127.0.0.1", 80)))
    guard.check("a.test", ["127.0.0.1"])
    guard.open_socket((2, 1, 6, "", ("127.0.0.1", 80))).close()

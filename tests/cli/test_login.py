"""Letting people in from the command line of the installation."""

import io

import pytest

from api.cli.commands import parser
from api.cli.login import done
from domain.kernel.ids import external_id
from runtime.refused import StartRefused
from tests.api.http.signing_in import PASSWORD, client_of, enrol, name_of, sign_in, token_of


async def login(group, act, *words, said=None, monkeypatch=None):
    """Run an act as it is written on a command line, with what stands on its input."""
    if said is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
    return await done(group.installation, parser().parse_args(["login", act, *words]))


def of(group, who):
    return external_id("prc", group.principals[who])


async def test_everybody_is_listed_with_whether_they_may_sign_in(group):
    await login(group, "set", str(group.id), of(group, "ada"), name_of(group, "ada"))

    lines = await login(group, "list", external_id("tnt", group.id))

    assert len(lines) == len(group.principals)
    assert [line for line in lines if "may sign in" in line] == [
        line for line in lines if line.startswith(of(group, "ada"))
    ]


async def test_a_password_is_made_and_shown_once(group):
    said = await login(group, "set", str(group.id), of(group, "ada"), name_of(group, "ada"))

    password = said[1].removeprefix("password, shown this once: ")
    async with client_of(group.installation) as client:
        assert (await sign_in(client, group, "ada", password)).status_code == 201


async def test_a_password_may_come_from_a_pipe_and_is_not_said_back(group, monkeypatch):
    words = (str(group.id), of(group, "ada"), name_of(group, "ada"), "--ask")

    said = await login(group, "set", *words, said=f"{PASSWORD}\n", monkeypatch=monkeypatch)

    assert PASSWORD not in "".join(said)
    async with client_of(group.installation) as client:
        token = await token_of(client, group, "ada")
        await enrol(client, group, token)
        assert (await sign_in(client, group, "ada")).status_code == 401
        await login(group, "forget-totp", str(group.id), of(group, "ada"))
        assert (await sign_in(client, group, "ada")).status_code == 201


async def test_a_provider_is_registered_and_linked_with_its_secret_from_the_input(
    group, monkeypatch
):
    name = name_of(group, "sso")
    words = (str(group.id), name, "https://sso.example/one", "peiyuan")

    said = await login(group, "provider", *words, said="both-sides\n", monkeypatch=monkeypatch)
    await login(group, "link", str(group.id), of(group, "ada"), name, "sub-1")

    assert "both-sides" not in "".join(said)
    (row,) = await group.rows("SELECT issuer FROM identity_provider WHERE group_id = :g")
    assert row.issuer == "https://sso.example/one"


async def test_what_a_rule_refuses_is_said_in_a_sentence_and_changes_nothing(group, monkeypatch):
    nobody = external_id("prc", group.id)
    async with group.unchanged():
        for words, sentence in (
            (("set", str(group.id), of(group, "axel"), "axel"), "do not sign in"),
            (("set", str(group.id), of(group, "ada"), "a/b"), "A login name has"),
            (("set", str(group.id), nobody, "abc"), "can be found"),
            (("set", str(group.id), "ada", "abc"), "is no id"),
            (("list", nobody.replace("prc", "tnt")[:-2] + "00"), "there is no group"),
            (("link", str(group.id), of(group, "ada"), "sso", "sub"), "can be found"),
        ):
            with pytest.raises(StartRefused, match=sentence):
                await login(group, *words)
        short = ("set", str(group.id), of(group, "ada"), "abc", "--ask")
        with pytest.raises(StartRefused, match="at least 12"):
            await login(group, *short, said="short\n", monkeypatch=monkeypatch)

"""Sealed cells in rows: nothing of the value lies there, and a cell opens nowhere else."""

import pytest
from sqlalchemy import text

from domain.kernel.entity import metadata
from domain.privacy.ciphers import Algorithm
from domain.privacy.container import Place, Tampered, unpack, unseal
from domain.privacy.models import KeyUse
from tests.domain.privacy.keys import key_of_box, key_of_window
from tests.people import found_group

ASK = "query($id: ID!) { person(id: $id) { phone { masked } email { masked } } }"


async def swap(group, statement):
    """Change rows as somebody would who has the application's own connection."""
    async with group.installation.writer.transaction(group.id, None) as session:
        await session.execute(text(statement), {"g": group.id, "a": group.people["ada"]})


async def test_no_value_lies_open_in_any_row_of_the_group(group):
    values = ["15400000004", "ada@staff.example", "9999000011112228", "990101199001010043"]
    tables = [name for name, table in metadata.tables.items() if "group_id" in table.c]
    assert "person" in tables
    for table in tables:
        for row in await group.rows(f"SELECT x::text AS row FROM {table} x WHERE group_id = :g"):
            for value in values:
                assert value not in row.row, table
                assert value.encode().hex() not in row.row, table


async def test_a_cell_that_was_moved_to_another_column_does_not_open(group):
    await swap(group, "UPDATE person SET phone = email WHERE group_id = :g AND id = :a")

    with pytest.raises(Tampered):
        await group.ask("ada", ASK, id=group.psn("ada"))


async def test_a_cell_that_was_moved_to_another_person_does_not_open(group):
    await swap(
        group,
        "UPDATE person SET phone = (SELECT phone FROM person WHERE group_id = :g "
        "AND staff_number = 'S0000') WHERE group_id = :g AND id = :a",
    )

    with pytest.raises(Tampered):
        await group.ask("ada", ASK, id=group.psn("ada"))


async def test_the_windows_key_does_not_open_the_box(group):
    ada = group.people["ada"]
    keys = {
        KeyUse.WINDOW: await key_of_window(group, ada),
        KeyUse.BOX: await key_of_box(group, ada, column="phone"),
    }
    [row] = await group.rows("SELECT phone FROM person WHERE group_id = :g AND id = :i", i=ada)
    window, box = unpack(bytes(row.phone))
    place = Place(group=group.id, table="person", column="phone", row=ada, subject=ada)

    assert unseal(keys[KeyUse.WINDOW], window, place=place, label="WINDOW") == b"154****0004"
    assert unseal(keys[KeyUse.BOX], box, place=place, label="BOX") == b"15400000004"
    for key, blob, label in (
        (KeyUse.WINDOW, box, "BOX"),
        (KeyUse.BOX, window, "WINDOW"),
        (KeyUse.BOX, box, "WINDOW"),
    ):
        with pytest.raises(Tampered):
            unseal(keys[key], blob, place=place, label=label)


async def test_a_group_that_must_is_sealed_with_sm4_beside_one_that_is_not(group, clock):
    """The fact stands with the group's key; from there on nobody has to say it again."""
    other = await found_group(group.installation, clock, algorithm=Algorithm.SM4_GCM)
    opened = """query($id: ID!) { person(id: $id) {
      phone { masked value(purpose: EMERGENCY_CONTACT) } email { masked } } }"""
    for one in (group, other):
        found = await one.read("bea", opened, id=one.psn("ada"))
        assert found["person"] == {
            "phone": {"masked": "154****0004", "value": "15400000004"},
            "email": {"masked": "a***@staff.example"},
        }

    blobs = """SELECT get_byte(wrapped, 1) AS of FROM window_key WHERE group_id = :g
      UNION SELECT get_byte(phone, 4) FROM person WHERE group_id = :g
      UNION SELECT get_byte(phone, 4 + get_byte(phone, 1) * 256 + get_byte(phone, 2))
        FROM person WHERE group_id = :g"""
    assert [row.of for row in await group.rows(blobs)] == [1]
    assert [row.of for row in await other.rows(blobs)] == [2]
    lengths = "SELECT DISTINCT length(wrapped) AS of FROM window_key WHERE group_id = :g"
    assert [row.of for row in await other.rows(lengths)] == [72]


async def test_what_a_groups_key_seals_itself_is_sealed_as_its_people_are(group, clock):
    other = await found_group(group.installation, clock, algorithm=Algorithm.SM4_GCM)
    key = group.installation.keyring.groups.young(other.id)

    assert key.algorithm is Algorithm.SM4_GCM
    [row] = await other.rows("SELECT algorithm, proof FROM group_key WHERE group_id = :g")
    assert (row.algorithm, row.proof[1]) == ("SM4_GCM", 2)

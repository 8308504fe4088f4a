"""Bits and names say the same of every object that a line may name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authz.catalogue import JUDGED, LABELS, ROW, Catalogue, DataClass, FieldEntry, UnknownObject

WORDS = ("phone", "phoneVerified", "name", "title")
TYPES = ("Person", "Persona", "Course")
PATTERNS = (
    "*", *TYPES, *(f"{name}.*" for name in TYPES), "Mutation", "Mutation.*", "Mutation.enrol",
    *(f"{name}.{word}" for name in TYPES for word in WORDS), *(f"@{label}" for label in LABELS),
    *(f"@{kept.value}" for kept in DataClass), "Person.pho*", "Person.", ".phone", "@", "",
    "@P", "@pi.*", "Person.phone.x", "person.phone", " Person", "Perso*", "Mutation.hire",
)  # fmt: skip

entries = st.lists(
    st.builds(
        FieldEntry,
        st.sampled_from(TYPES),
        st.sampled_from(WORDS),
        st.sampled_from(LABELS),
        st.sampled_from(DataClass),
    ),
    unique_by=lambda entry: (entry.type, entry.field),
)


@given(entries)
def test_what_a_pattern_expands_to_is_what_it_matches(held):
    catalogue = Catalogue(held, mutations=("enrol",))
    requests = {
        name: {ROW: name}
        | {catalogue.number(name, field): f"{name}.{field}" for field in catalogue.fields(name)}
        for name in catalogue.types
    }
    for pattern in PATTERNS:
        bits = catalogue.expand(pattern) if catalogue.knows(pattern) else {}
        for name, numbers in requests.items():
            matched = {
                number for number, asked in numbers.items() if catalogue.matches(asked, pattern)
            }
            assert matched == {number for number in numbers if bits.get(name, 0) >> number & 1}, (
                pattern,
                name,
            )
            assert bits.get(name, 0) < 1 << len(numbers)


@pytest.mark.parametrize("pattern", ["Person.pho*", "Person.", "@P", "@pi.*", "", "person.phone"])
def test_free_prefixes_and_scraps_are_no_objects(catalogue, pattern):
    assert not catalogue.knows(pattern)
    with pytest.raises(UnknownObject):
        catalogue.expand(pattern)
    assert not catalogue.matches("Person.phone", pattern)


def test_a_requested_object_that_does_not_exist_matches_nothing_not_even_everything(catalogue):
    for requested in ("Person.phoneVerificationSecret", "Persona", "*", "@P3", "Person.*", ""):
        assert not catalogue.matches(requested, "*")
        with pytest.raises(UnknownObject):
            catalogue.locate(requested)


def test_all_fields_of_a_type_leave_out_its_row(catalogue):
    assert catalogue.expand("Person") == {"Person": 1}
    assert catalogue.expand("Person.*")["Person"] & 1 == 0
    assert catalogue.expand("*")["Person"] == catalogue.expand("Person.*")["Person"] | 1


def test_a_class_is_all_fields_of_that_class_and_no_row(catalogue):
    phone = 1 << catalogue.number("Person", "phone")

    assert set(catalogue.expand("@P4")) == {"Person"}
    assert catalogue.expand("@P4")["Person"] == 1 << catalogue.number("Person", "bankAccount")
    assert catalogue.expand("@pi.contact")["Person"] & phone
    assert not catalogue.expand("@pi.identity")["Person"] & phone


def test_verbs_are_objects_of_their_own_and_belong_to_no_class(catalogue):
    assert catalogue.locate("Mutation.enrol") == ("Mutation", catalogue.number("Mutation", "enrol"))
    assert catalogue.matches("Mutation.enrol", "Mutation.*")
    assert not any(
        catalogue.matches("Mutation.enrol", f"@{mark}")
        for mark in (*LABELS, *(kept.value for kept in DataClass))
    )


def test_bits_do_not_depend_on_the_order_of_entry():
    held = [FieldEntry("Person", word, "org", DataClass.P1) for word in WORDS]

    one, other = Catalogue(held), Catalogue(reversed(held))

    assert [one.number("Person", word) for word in sorted(WORDS)] == [1, 2, 3, 4]
    assert one.fields("Person") == other.fields("Person")


def test_a_field_entered_twice_with_two_classes_is_refused():
    held = [
        FieldEntry("Person", "phone", "pi.contact", kept) for kept in (DataClass.P3, DataClass.P2)
    ]

    with pytest.raises(ValueError, match=r"Person\.phone is entered twice"):
        Catalogue(held)


def test_every_type_that_the_roles_judge_is_known_to_an_empty_catalogue():
    empty = Catalogue(())

    assert all(empty.knows(name) for name in JUDGED)
    assert empty.expand("Token") == {"Token": 1}
    assert empty.expand("@P3") == {}
    assert not empty.knows("Secret")

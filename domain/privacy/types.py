"""Column types that mean something: a new kind of personal data is a new line here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from sqlalchemy import Numeric, Text
from sqlalchemy.orm import mapped_column

from . import masking
from .classification import LEARNING, P2, P3, P4, pi
from .sealed import Sealed, SealedText

# Not personal: the entity says the class.
Code = Annotated[str, mapped_column(Text)]
Title = Annotated[str, mapped_column(Text)]
Prose = Annotated[str, mapped_column(Text)]
Path = Annotated[str, mapped_column(Text)]
Amount = Annotated[Decimal, mapped_column(Numeric)]

# Personal and open: people are found and sorted by name.
PersonName = Annotated[str, mapped_column(Text, info=pi("identity", P2))]
EmploymentDate = Annotated[date, mapped_column(info=pi("employment", P2))]
EmploymentCode = Annotated[str, mapped_column(Text, info=pi("employment", P2))]
Score = Annotated[Decimal, mapped_column(Numeric, info=LEARNING.info)]

# Personal and sealed: with a window (the masked form) and a box (the value).
PhoneNumber = Annotated[
    Sealed, mapped_column(SealedText, info=pi("contact", P3, shown=masking.phone))
]
EmailAddress = Annotated[
    Sealed, mapped_column(SealedText, info=pi("contact", P3, shown=masking.email, padded=True))
]
PostalAddress = Annotated[
    Sealed, mapped_column(SealedText, info=pi("contact", P3, shown=masking.address, padded=True))
]
NationalId = Annotated[
    Sealed, mapped_column(SealedText, info=pi("identity", P3, shown=masking.national_id))
]
BirthDate = Annotated[
    Sealed, mapped_column(SealedText, info=pi("identity", P3, shown=masking.year))
]
LeaveReasonText = Annotated[
    Sealed, mapped_column(SealedText, info=pi("employment", P3, shown=masking.nothing, padded=True))
]
RequestText = Annotated[
    Sealed, mapped_column(SealedText, info=pi("request", P3, shown=masking.nothing, padded=True))
]
BankAccount = Annotated[
    Sealed, mapped_column(SealedText, info=pi("financial", P4, shown=masking.bank_account))
]

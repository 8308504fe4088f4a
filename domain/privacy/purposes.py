"""What sealed personal information may be opened for (PIPL article 6)."""

from __future__ import annotations

from enum import Enum


class Purpose(Enum):
    """What sealed personal information is opened for."""

    HR_ADMINISTRATION = "HR_ADMINISTRATION"
    TRAINING_SUPPORT = "TRAINING_SUPPORT"
    EMERGENCY_CONTACT = "EMERGENCY_CONTACT"
    PAYROLL = "PAYROLL"
    AUDIT = "AUDIT"
    SUBJECT_REQUEST = "SUBJECT_REQUEST"

"""Every table of Peiyuan: what migrations, walls and grants are made from."""

from domain.access import contract_models as contracts
from domain.access import login_models as logins
from domain.access import models as access
from domain.audit import models as audit
from domain.competencies import models as competencies
from domain.content import models as content
from domain.kernel import models as kernel
from domain.kernel.entity import metadata
from domain.learning import models as learning
from domain.organisation import models as organisation
from domain.people import models as people
from domain.privacy import consent, delays, holds, notices, request_models
from domain.privacy import models as privacy

__all__ = [
    "access",
    "audit",
    "competencies",
    "consent",
    "content",
    "contracts",
    "delays",
    "holds",
    "kernel",
    "learning",
    "logins",
    "metadata",
    "notices",
    "organisation",
    "people",
    "privacy",
    "request_models",
]

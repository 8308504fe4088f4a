"""Which use cases are mutations, and what each gives back; the rest is read from the verb."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

from api.graphql.binding import camel
from domain.access import (
    approve_policy_change,
    assign_role,
    confirm_return,
    delay_disclosure,
    edit_policy,
    end_processing_contract,
    issue_token,
    open_processing_contract,
    register_principal,
    reject_policy_change,
    reown_principal,
    revoke_role,
    revoke_token,
    rotate_token,
    withdraw_policy_change,
)
from domain.competencies import (
    create_competency_model,
    draft_competency_model,
    publish_competency_model,
)
from domain.content import (
    create_course,
    draft_course_version,
    publish_course_version,
    retire_course_version,
    return_course_version,
    revise_course_draft,
    submit_course_version,
)
from domain.kernel.once import ShownOnce
from domain.kernel.permission import permission_of
from domain.learning import (
    create_learning_path,
    draft_learning_path,
    enrol,
    exempt_enrolment,
    make_learning_plan,
    open_cohort,
    publish_learning_path,
    record_progress,
    reopen_enrolment,
    withdraw_enrolment,
)
from domain.organisation import define_job_role, move_tenant, open_tenant, set_threshold
from domain.people import (
    assign_mentor,
    assign_supervisor,
    correct_person,
    erase_person,
    hire,
    leave,
    move,
    register_candidate,
    start_training,
)
from domain.privacy import (
    acknowledge_privacy_notice,
    complete_subject_request,
    decide_subject_request,
    give_consent,
    lift_restriction,
    object_to_processing,
    place_legal_hold,
    publish_privacy_notice,
    release_legal_hold,
    request_access,
    request_copy,
    request_correction,
    request_erasure,
    request_explanation,
    restrict_processing,
    review_subject_request,
    withdraw_consent,
    withdraw_subject_request,
)

if TYPE_CHECKING:
    from types import ModuleType

    from domain.kernel.permission import UseCase


@dataclass(frozen=True, slots=True)
class Verb:
    """A use case as a mutation: its function, its command, and the type that it gives back."""

    run: UseCase
    command: type
    gives: str
    says: str
    once: bool = False  # hands out a secret, beside what it gives back
    needs: frozenset[str] = frozenset()  # what it asks of the installation, by keyword

    @property
    def name(self) -> str:
        """What clients call it."""
        return camel(self.run.__name__)

    @property
    def noun(self) -> str:
        """The field of the payload that holds what it gives back."""
        return self.gives[0].lower() + self.gives[1:]

    @property
    def title(self) -> str:
        """The beginning of the names of its input and payload."""
        return self.name[0].upper() + self.name[1:]

    @property
    def right(self) -> tuple[str, str]:
        """The object and the action that are judged."""
        action, _, named = permission_of(self.run).partition(" ")
        return named, action


def verb(module: ModuleType, *, gives: str | None = None) -> Verb:
    """Read a verb from its file: the function of the file's name, and what it says of itself."""
    name = module.__name__.rpartition(".")[2]
    run = getattr(module, name)
    hints: dict[str, Any] = get_type_hints(run, vars(module) | _work())
    says = inspect.getdoc(module) or ""
    given = hints["return"]
    once = get_origin(given) is ShownOnce
    entity = get_args(given)[0] if once else given
    keywords = inspect.signature(run).parameters.values()
    needs = frozenset(one.name for one in keywords if one.kind is one.KEYWORD_ONLY)
    return Verb(run, hints["command"], gives or entity.__name__, says, once, needs)


def _work() -> dict[str, Any]:
    from domain.kernel.work import Work  # noqa: PLC0415 - only to read annotations

    return {"Work": Work}


VERBS: Final = tuple(
    verb(module)
    for module in (
        open_tenant,
        move_tenant,
        set_threshold,
        define_job_role,
        register_principal,
        reown_principal,
        issue_token,
        rotate_token,
        revoke_token,
        register_candidate,
        correct_person,
        hire,
        start_training,
        move,
        leave,
        assign_mentor,
        assign_supervisor,
        create_competency_model,
        draft_competency_model,
        publish_competency_model,
        create_course,
        draft_course_version,
        revise_course_draft,
        submit_course_version,
        return_course_version,
        publish_course_version,
        retire_course_version,
        create_learning_path,
        draft_learning_path,
        publish_learning_path,
        open_cohort,
        make_learning_plan,
        enrol,
        record_progress,
        reopen_enrolment,
        withdraw_enrolment,
        exempt_enrolment,
        edit_policy,
        assign_role,
        revoke_role,
        approve_policy_change,
        reject_policy_change,
        withdraw_policy_change,
        open_processing_contract,
        end_processing_contract,
        confirm_return,
        publish_privacy_notice,
        acknowledge_privacy_notice,
        give_consent,
        withdraw_consent,
        request_access,
        request_copy,
        request_correction,
        request_erasure,
        request_explanation,
        restrict_processing,
        object_to_processing,
        withdraw_subject_request,
        review_subject_request,
        decide_subject_request,
        complete_subject_request,
        lift_restriction,
        delay_disclosure,
        place_legal_hold,
        release_legal_hold,
        erase_person,
    )
)

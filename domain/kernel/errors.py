"""How the domain says no: a refusal names its reason and what can be done about it."""

from __future__ import annotations

import re
from typing import ClassVar

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Refusal(Exception):
    """A rule of the domain says no. Nothing is written.

    A subclass is named for the reason; `en` and `zh` say it in a sentence that tells what to do,
    with fields filled from the keywords; `path` leads to the input field that is meant.
    """

    en: ClassVar[str] = "This is not possible."
    zh: ClassVar[str] = "该操作无法执行。"
    path: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, at: tuple[str, ...] | None = None, **facts: object) -> None:
        self.facts = facts
        self.at = self.path if at is None else at
        super().__init__(self.message("en"))

    @classmethod
    def code(cls) -> str:
        """The reason as clients see it: `StaffNumberTaken` is STAFF_NUMBER_TAKEN."""
        return _WORD.sub("_", cls.__name__).upper()

    def message(self, locale: str) -> str:
        """The reason in words: `zh-CN` or `en`."""
        return (self.zh if locale.startswith("zh") else self.en).format(**self.facts)


class NotFound(Refusal):
    """There is no such row for this actor: absent and invisible look the same."""

    en = "Nothing with this id can be found. Check the id, or ask for access."
    zh = "找不到该编号对应的内容,请核对编号或申请权限。"


class Forbidden(Refusal):
    """The row is visible, but the actor's roles do not allow the act on it."""

    en = "Your roles do not allow this ({permission}). Ask an administrator of your tenant."
    zh = "您的角色无权执行此操作({permission}),请联系本机构管理员。"


class StepUpRequired(Refusal):
    """The roles allow the act; the session must first show a second factor that is still young."""

    en = "This needs a fresh second factor. POST a one-time code to /session/step-up, then repeat."
    zh = "此操作需要重新验证第二因素,请向 /session/step-up 提交一次性验证码后重试。"


class StaleVersion(Refusal):
    """The row has changed since the client read it."""

    en = "This was changed meanwhile (version {current}). Read it again and repeat the change."
    zh = "数据已被他人修改(当前版本 {current}),请重新读取后再提交。"
    path = ("expectedVersion",)


class IdempotencyKeyReused(Refusal):
    """The key was used before, for another input."""

    en = "This idempotency key was used with another input. Send a new key."
    zh = "该幂等键已用于其他内容,请更换新的幂等键。"
    path = ("idempotencyKey",)


class BadInput(Refusal):
    """A value is of the right type and still cannot be meant."""

    en = "{reason}"
    zh = "{reason_zh}"


class Unjudged(Exception):
    """A use case declared a permission and never had it judged; it cannot commit."""

"""Two floors, written by hand for each question: as fast as one would dare without a framework.

Both look the token up and read behind the wall, on connections that stay bound to one group. `text`
has PostgreSQL write the JSON; `records` has it give rows, and makes the JSON of them with orjson.
Neither knows of roles, masks, denials, cursors or freshness: they are what those may cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from domain.kernel.ids import uuid7
from domain.privacy.container import Key, Place, unseal
from domain.privacy.keyring import subject_place
from domain.privacy.models import KeyUse

from .sessions import Session, Sessions, environment

PSN: Final = """'"psn_' || replace({}::text, '-', '') || '"'"""
ENR: Final = """'"enr_' || replace({}::text, '-', '') || '"'"""

TEXT: Final = {
    "One": f"""
        SELECT convert_to('{{"id":' || {PSN.format("p.id")}
          || ',"staffNumber":' || to_json(p.staff_number)::text
          || ',"displayName":' || to_json(p.display_name)::text
          || ',"stage":"' || p.stage || '","hiredOn":'
          || coalesce('"' || p.hired_on::text || '"', 'null') || '}}', 'UTF8')
        FROM person p WHERE p.group_id = $1 AND p.id = $2""",
    "Nested": f"""
        SELECT convert_to('[' || coalesce(string_agg(x.t, ',' ORDER BY x.n), '') || ']', 'UTF8')
        FROM (
          SELECT q.n, '{{"id":' || {PSN.format("q.id")}
            || ',"staffNumber":' || to_json(q.staff_number)::text
            || ',"displayName":' || to_json(q.display_name)::text
            || ',"enrolments":{{"nodes":' || (
              SELECT '[' || coalesce(string_agg(y.t, ',' ORDER BY y.id), '') || ']' FROM (
                SELECT e.id, '{{"id":' || {ENR.format("e.id")} || ',"state":"' || e.state
                  || '","progress":{{"percent":"' || e.percent::text || '","bestScore":'
                  || coalesce('"' || e.best_score::text || '"', 'null') || ',"passed":'
                  || coalesce(e.passed::text, 'null') || '}},"courseVersion":{{"number":'
                  || v.number::text || ',"course":{{"code":' || to_json(c.code)::text
                  || ',"title":' || to_json(c.title)::text || ',"family":"' || c.family
                  || '"}}}}}}' AS t
                FROM (SELECT * FROM enrolment WHERE group_id = $1 AND person_id = q.id
                      ORDER BY id LIMIT 20) e
                JOIN course_version v ON v.group_id = $1 AND v.id = e.course_version_id
                JOIN course c ON c.group_id = $1 AND c.id = v.course_id
              ) y) || '}}}}' AS t
          FROM (SELECT id, staff_number, display_name,
                  row_number() OVER (ORDER BY sort_key, id) AS n
                FROM person WHERE group_id = $1 AND tenant_id = $2
                ORDER BY sort_key, id LIMIT 50) q
        ) x""",
    "Flat": f"""
        SELECT convert_to('[' || coalesce(string_agg(
            '{{"id":' || {PSN.format("q.id")}
            || ',"staffNumber":' || to_json(q.staff_number)::text
            || ',"displayName":' || to_json(q.display_name)::text
            || ',"tenant":{{"code":' || to_json(t.code)::text
            || ',"name":' || to_json(t.name)::text || '}},"jobRole":'
            || coalesce('{{"code":' || to_json(j.code)::text
            || ',"title":' || to_json(j.title)::text || '}}', 'null') || ',"supervisor":'
            || coalesce('{{"staffNumber":' || to_json(s.staff_number)::text
            || ',"displayName":' || to_json(s.display_name)::text || '}}', 'null') || '}}',
            ',' ORDER BY q.n), '') || ']', 'UTF8')
        FROM (SELECT *, row_number() OVER (ORDER BY sort_key, id) AS n FROM person
              WHERE group_id = $1 AND tenant_id = $2 ORDER BY sort_key, id LIMIT 100) q
        JOIN tenant t ON t.group_id = $1 AND t.id = q.tenant_id
        LEFT JOIN job_role j ON j.group_id = $1 AND j.id = q.job_role_id
        LEFT JOIN person s ON s.group_id = $1 AND s.id = q.supervisor_id""",
    "Viewer": """
        SELECT convert_to('{"tenant":{"code":' || to_json(t.code)::text
          || ',"name":' || to_json(t.name)::text || ',"parent":'
          || coalesce('{"code":' || to_json(u.code)::text || ',"name":' || to_json(u.name)::text
          || ',"parent":' || coalesce('{"code":' || to_json(w.code)::text || '}', 'null') || '}',
             'null')
          || '},"person":{"staffNumber":' || to_json(p.staff_number)::text
          || ',"displayName":' || to_json(p.display_name)::text || ',"stage":"' || p.stage
          || '","enrolments":{"nodes":' || (
            SELECT '[' || coalesce(string_agg('{"state":"' || e.state
              || '","courseVersion":{"number":' || v.number::text || ',"course":{"title":'
              || to_json(c.title)::text || '}}}', ',' ORDER BY e.id), '') || ']'
            FROM (SELECT * FROM enrolment WHERE group_id = $1 AND person_id = $2
                  ORDER BY id LIMIT 5) e
            JOIN course_version v ON v.group_id = $1 AND v.id = e.course_version_id
            JOIN course c ON c.group_id = $1 AND c.id = v.course_id
          ) || '}}}', 'UTF8')
        FROM person p
        JOIN tenant t ON t.group_id = $1 AND t.id = $3
        LEFT JOIN tenant u ON u.group_id = $1 AND u.id = t.parent_id
        LEFT JOIN tenant w ON w.group_id = $1 AND w.id = u.parent_id
        WHERE p.group_id = $1 AND p.id = $2""",
    "Counts": f"""
        SELECT convert_to('{{"totalCount":' || (
            SELECT count(*) FROM person WHERE group_id = $1 AND tenant_id = $2)::text
          || ',"nodes":[' || coalesce(string_agg('{{"id":' || {PSN.format("q.id")}
            || ',"displayName":' || to_json(q.display_name)::text
            || ',"enrolments":{{"totalCount":' || (SELECT count(*) FROM enrolment e
               WHERE e.group_id = $1 AND e.person_id = q.id)::text || '}}}}',
            ',' ORDER BY q.n), '') || ']}}', 'UTF8')
        FROM (SELECT *, row_number() OVER (ORDER BY sort_key, id) AS n FROM person
              WHERE group_id = $1 AND tenant_id = $2 ORDER BY sort_key, id LIMIT 20) q""",
}
AROUND: Final = {
    "One": (b'{"data":{"person":', b"}}"),
    "Nested": (b'{"data":{"tenant":{"people":{"nodes":', b"}}}}"),
    "Flat": (b'{"data":{"tenant":{"people":{"nodes":', b"}}}}"),
    "Viewer": (b'{"data":{"viewer":', b"}}"),
    "Counts": (b'{"data":{"tenant":{"people":', b"}}}"),
}

PAGE: Final = (
    "SELECT {} FROM person p WHERE p.group_id = $1 AND p.tenant_id = $2 "
    "ORDER BY p.sort_key, p.id LIMIT {}"
)
ROWS: Final = {
    "One": "SELECT id, staff_number, display_name, stage, hired_on FROM person "
    "WHERE group_id = $1 AND id = $2",
    "people": PAGE.format("p.id, p.staff_number, p.display_name", 50),
    "enrolments": """
        SELECT e.person_id, e.id, e.state, e.percent, e.best_score, e.passed, v.number, c.code,
          c.title, c.family
        FROM unnest($2::uuid[]) q(id)
        CROSS JOIN LATERAL (SELECT * FROM enrolment WHERE group_id = $1 AND person_id = q.id
                            ORDER BY id LIMIT 20) e
        JOIN course_version v ON v.group_id = $1 AND v.id = e.course_version_id
        JOIN course c ON c.group_id = $1 AND c.id = v.course_id ORDER BY e.id""",
    "Flat": """
        SELECT q.id, q.staff_number, q.display_name, t.code, t.name, j.code AS job, j.title,
          s.staff_number AS above, s.display_name AS above_name
        FROM (SELECT * FROM person WHERE group_id = $1 AND tenant_id = $2
              ORDER BY sort_key, id LIMIT 100) q
        JOIN tenant t ON t.group_id = $1 AND t.id = q.tenant_id
        LEFT JOIN job_role j ON j.group_id = $1 AND j.id = q.job_role_id
        LEFT JOIN person s ON s.group_id = $1 AND s.id = q.supervisor_id
        ORDER BY q.sort_key, q.id""",
    "Viewer": """
        SELECT t.code, t.name, u.code AS code1, u.name AS name1, w.code AS code2,
          p.staff_number, p.display_name, p.stage
        FROM person p JOIN tenant t ON t.group_id = $1 AND t.id = $3
        LEFT JOIN tenant u ON u.group_id = $1 AND u.id = t.parent_id
        LEFT JOIN tenant w ON w.group_id = $1 AND w.id = u.parent_id
        WHERE p.group_id = $1 AND p.id = $2""",
    "viewer_enrolments": """
        SELECT e.state, v.number, c.title FROM (
          SELECT * FROM enrolment WHERE group_id = $1 AND person_id = $2 ORDER BY id LIMIT 5) e
        JOIN course_version v ON v.group_id = $1 AND v.id = e.course_version_id
        JOIN course c ON c.group_id = $1 AND c.id = v.course_id ORDER BY e.id""",
    "Counts": """
        SELECT q.id, q.display_name, (SELECT count(*) FROM enrolment e
          WHERE e.group_id = $1 AND e.person_id = q.id) AS enrolments,
          (SELECT count(*) FROM person WHERE group_id = $1 AND tenant_id = $2) AS people
        FROM (SELECT * FROM person WHERE group_id = $1 AND tenant_id = $2
              ORDER BY sort_key, id LIMIT 20) q ORDER BY q.sort_key, q.id""",
    "Masked": """
        SELECT q.id, q.staff_number, q.display_name,
          (SELECT k.wrapped FROM window_key k
           WHERE k.group_id = $1 AND k.kid = substr(q.phone, 8, 8)) AS wrapped,
          substr(q.phone, 4, get_byte(q.phone, 1) * 256 + get_byte(q.phone, 2)) AS phone
        FROM (SELECT id, staff_number, display_name, phone, sort_key FROM person
              WHERE group_id = $1 AND tenant_id = $2 ORDER BY sort_key, id LIMIT 50) q
        ORDER BY q.sort_key, q.id""",
}


class Connections:
    """As many connections as our server has, each with its statements, the last used first."""

    def __init__(self, idle: list[Any]) -> None:
        self.idle, self.places = idle, asyncio.Semaphore(len(idle))

    @classmethod
    async def open(cls, dsn: str, group: UUID, statements: dict[str, str]) -> Connections:
        idle = []
        for _ in range(6):
            connection = await asyncpg.connect(dsn, statement_cache_size=0)
            await connection.execute(f"SET app.group_id = '{group}'")
            # Without a name it would be no statement that the server keeps: planned at each use.
            prepared = {
                name: await connection.prepare(sql, name=name) for name, sql in statements.items()
            }
            # The driver prepares without a Sync: a time-out would run on until the first use.
            await connection.execute("SELECT 1")
            idle.append((connection, prepared))
        return cls(idle)

    async def run(self, act: Callable[[dict[str, Any]], Awaitable[Any]]) -> Any:
        async with self.places:
            connection, prepared = self.idle.pop()
            try:
                return await act(prepared)
            finally:
                self.idle.append((connection, prepared))


class Floor:
    """A bare ASGI handler; what a question is follows from the name of its operation."""

    def __init__(self, answer: Callable[[str, dict[str, Any], Session], Awaitable[bytes]]) -> None:
        self.answer = answer
        self.sessions: Sessions | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self.sessions is not None
        session = self.sessions.of(scope["headers"])
        message = await receive()
        sent = orjson.loads(message["body"])
        query = sent["query"].lstrip()
        name = query[: query.index("(") if "(" in query[:30] else query.index("{")].split()[1]
        body = await self.answer(name, sent["variables"], session)
        head = [
            (b"content-type", b"application/graphql-response+json; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})


def _uuid(text: str) -> UUID:
    return UUID(hex=text[4:])


def _arguments(name: str, variables: dict[str, Any], session: Session) -> list[Any]:
    if name == "Viewer":
        return [session.group, session.person, session.tenant]
    return [session.group, _uuid(variables["id"])]


async def text() -> Floor:
    """The floor that has PostgreSQL write the JSON."""
    floor = Floor(None)  # type: ignore[arg-type]
    floor.sessions = await Sessions.read(environment("APP"), UUID(environment("GROUP")))
    connections = await Connections.open(
        environment("READER"), UUID(environment("GROUP")), TEXT | {"Masked": ROWS["Masked"]}
    )
    masked = Masked(floor.sessions)
    writes = await Writes.open()

    async def answer(name: str, variables: dict[str, Any], session: Session) -> bytes:
        if name == "Record":
            return await writes.record(variables["input"], session)
        arguments = _arguments(name, variables, session)
        if name == "Masked":
            rows = await connections.run(lambda prepared: prepared[name].fetch(*arguments))
            return masked.answer(rows)
        data = await connections.run(lambda prepared: prepared[name].fetchval(*arguments))
        before, after = AROUND[name]
        return before + data + after

    floor.answer = answer
    return floor


async def records() -> Floor:
    """The floor that makes the JSON of rows."""
    floor = Floor(None)  # type: ignore[arg-type]
    floor.sessions = await Sessions.read(environment("APP"), UUID(environment("GROUP")))
    group = UUID(environment("GROUP"))
    connections = await Connections.open(environment("READER"), group, ROWS)
    masked = Masked(floor.sessions)
    writes = await Writes.open()

    async def answer(name: str, variables: dict[str, Any], session: Session) -> bytes:
        if name == "Record":
            return await writes.record(variables["input"], session)
        arguments = _arguments(name, variables, session)
        if name == "Masked":
            rows = await connections.run(lambda prepared: prepared[name].fetch(*arguments))
            return masked.answer(rows)
        return orjson.dumps({"data": await connections.run(lambda p: MADE[name](p, arguments))})

    floor.answer = answer
    return floor


async def _one(prepared: dict[str, Any], arguments: list[Any]) -> Any:
    row = await prepared["One"].fetchrow(*arguments)
    return {
        "person": {
            "id": f"psn_{row['id'].hex}",
            "staffNumber": row["staff_number"],
            "displayName": row["display_name"],
            "stage": row["stage"],
            "hiredOn": row["hired_on"],
        }
    }


async def _nested(prepared: dict[str, Any], arguments: list[Any]) -> Any:
    people = await prepared["people"].fetch(*arguments)
    found = await prepared["enrolments"].fetch(arguments[0], [row["id"] for row in people])
    held: dict[UUID, list[Any]] = {row["id"]: [] for row in people}
    for row in found:
        best = row["best_score"]
        held[row["person_id"]].append(
            {
                "id": f"enr_{row['id'].hex}",
                "state": row["state"],
                "progress": {
                    "percent": str(row["percent"]),
                    "bestScore": None if best is None else str(best),
                    "passed": row["passed"],
                },
                "courseVersion": {
                    "number": row["number"],
                    "course": {
                        "code": row["code"],
                        "title": row["title"],
                        "family": row["family"],
                    },
                },
            }
        )
    nodes = [
        {
            "id": f"psn_{row['id'].hex}",
            "staffNumber": row["staff_number"],
            "displayName": row["display_name"],
            "enrolments": {"nodes": held[row["id"]]},
        }
        for row in people
    ]
    return {"tenant": {"people": {"nodes": nodes}}}


async def _flat(prepared: dict[str, Any], arguments: list[Any]) -> Any:
    nodes = [
        {
            "id": f"psn_{row['id'].hex}",
            "staffNumber": row["staff_number"],
            "displayName": row["display_name"],
            "tenant": {"code": row["code"], "name": row["name"]},
            "jobRole": row["job"] and {"code": row["job"], "title": row["title"]},
            "supervisor": row["above"]
            and {"staffNumber": row["above"], "displayName": row["above_name"]},
        }
        for row in await prepared["Flat"].fetch(*arguments)
    ]
    return {"tenant": {"people": {"nodes": nodes}}}


async def _viewer(prepared: dict[str, Any], arguments: list[Any]) -> Any:
    row = await prepared["Viewer"].fetchrow(*arguments)
    top = row["code2"] and {"code": row["code2"]}
    above = row["code1"] and {"code": row["code1"], "name": row["name1"], "parent": top}
    enrolments = [
        {
            "state": one["state"],
            "courseVersion": {"number": one["number"], "course": {"title": one["title"]}},
        }
        for one in await prepared["viewer_enrolments"].fetch(*arguments[:2])
    ]
    return {
        "viewer": {
            "tenant": {"code": row["code"], "name": row["name"], "parent": above},
            "person": {
                "staffNumber": row["staff_number"],
                "displayName": row["display_name"],
                "stage": row["stage"],
                "enrolments": {"nodes": enrolments},
            },
        }
    }


async def _counts(prepared: dict[str, Any], arguments: list[Any]) -> Any:
    rows = await prepared["Counts"].fetch(*arguments)
    nodes = [
        {
            "id": f"psn_{row['id'].hex}",
            "displayName": row["display_name"],
            "enrolments": {"totalCount": row["enrolments"]},
        }
        for row in rows
    ]
    total = rows[0]["people"] if rows else 0
    return {"tenant": {"people": {"totalCount": total, "nodes": nodes}}}


MADE: Final = {
    "One": _one,
    "Nested": _nested,
    "Flat": _flat,
    "Viewer": _viewer,
    "Counts": _counts,
}


class Masked:
    """Opens windows by hand: the person's key under the group's, the window under that.

    Unwrapped keys are kept, as our keyring keeps them.
    """

    def __init__(self, sessions: Sessions) -> None:
        self.key = sessions.key
        self.group = UUID(environment("GROUP"))
        self.kept: dict[bytes, Key] = {}

    def answer(self, rows: list[asyncpg.Record]) -> bytes:
        nodes = [
            {
                "id": f"psn_{row['id'].hex}",
                "staffNumber": row["staff_number"],
                "displayName": row["display_name"],
                "phone": row["phone"] and {"masked": self._open(row)},
            }
            for row in rows
        ]
        return orjson.dumps({"data": {"tenant": {"people": {"nodes": nodes}}}})

    def _open(self, row: asyncpg.Record) -> str:
        subject = row["id"]
        key = self.kept.get(row["wrapped"])
        if key is None:
            place = subject_place(self.group, subject)
            secret = unseal(self.key, row["wrapped"], place=place, label=KeyUse.WINDOW.value)
            key = self.kept[row["wrapped"]] = Key(row["phone"][4:12], secret)
        place = Place(
            group=self.group, table="person", column="phone", row=subject, subject=subject
        )
        return unseal(key, row["phone"], place=place, label=KeyUse.WINDOW.value).decode()


class Writes:
    """`recordProgress` by hand: the log's line, the folded enrolment and the trail, and no more."""

    def __init__(self, idle: list[asyncpg.Connection]) -> None:
        self.idle, self.places = idle, asyncio.Semaphore(len(idle))

    @classmethod
    async def open(cls) -> Writes:
        return cls([await asyncpg.connect(environment("APP")) for _ in range(8)])

    async def record(self, given: dict[str, Any], session: Session) -> bytes:
        async with self.places:
            connection = self.idle.pop()
            try:
                await connection.execute(
                    f"BEGIN; SET LOCAL app.group_id = '{session.group}'; "
                    "SET LOCAL app.write_tenants = '*'"
                )
                body = await self._record(connection, given, session)
                await connection.execute("COMMIT")
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            finally:
                self.idle.append(connection)
        return body

    async def _record(
        self, connection: asyncpg.Connection, given: dict[str, Any], session: Session
    ) -> bytes:
        now, group = datetime.now(UTC), session.group
        enrolment = _uuid(given["enrolmentId"])
        percent, seconds = Decimal(given["percent"]), given["seconds"]
        row = await connection.fetchrow(
            "SELECT tenant_id, person_id, seconds_spent, percent FROM enrolment "
            "WHERE group_id = $1 AND id = $2 FOR UPDATE",
            group, enrolment,
        )  # fmt: skip
        best = max(percent, row["percent"])
        entry = uuid7(now)
        await connection.execute(
            "INSERT INTO progress_entry (group_id, tenant_id, id, row_version, created_at, "
            "person_id, enrolment_id, recorded_at, recorded_by, percent, seconds, source, state) "
            "VALUES ($1, $2, $3, 1, $4, $5, $6, $4, $7, $8, $9, 'AUTOMATION', 'IN_PROGRESS')",
            group, row["tenant_id"], entry, now, row["person_id"], enrolment,
            session.principal, percent, seconds,
        )  # fmt: skip
        spent = row["seconds_spent"] + seconds
        await connection.execute(
            "UPDATE enrolment SET row_version = row_version + 1, state = 'IN_PROGRESS', "
            "percent = $3, seconds_spent = $4, last_activity_at = $5, "
            "progress_source = 'AUTOMATION' WHERE group_id = $1 AND id = $2",
            group, enrolment, best, spent, now,
        )  # fmt: skip
        details = {"rows": [f"enrolment:{enrolment}", f"progress_entry:{entry}"]}
        await connection.execute(
            "INSERT INTO audit_entry (group_id, tenant_id, id, row_version, created_at, at, "
            "principal_id, token_id, verb, object_type, object_id, outcome, policy_version, "
            "details) VALUES ($1, $2, $3, 1, $4, $4, $5, $6, 'recordProgress', 'Enrolment', $7, "
            "'DONE', 1, $8)",
            group, session.tenant, uuid7(now), now, session.principal, session.token, enrolment,
            orjson.dumps(details).decode(),
        )  # fmt: skip
        shown = {
            "id": given["enrolmentId"],
            "state": "IN_PROGRESS",
            "progress": {"percent": str(best), "secondsSpent": spent},
        }
        answer = {"recordProgress": {"enrolment": shown, "userErrors": []}}
        return orjson.dumps({"data": answer})

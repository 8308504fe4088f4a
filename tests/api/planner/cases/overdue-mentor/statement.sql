SELECT convert_to('{"enrolments":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"overdue":' || coalesce((p1.state IN ('ASSIGNED', 'IN_PROGRESS')
          AND coalesce(p1.due_on < ($1::timestamptz AT TIME ZONE (SELECT t.time_zone
                FROM tenant t
                WHERE t.group_id = $2::uuid
                AND t.id = p1.tenant_id))::date, FALSE))::text, 'null') || ',"state":"' || p1.state::text || '"}' AS o0
      FROM (SELECT e2.due_on, e2.state, e2.tenant_id
        FROM enrolment e2
        WHERE e2.group_id = $2::uuid
        AND (e2.person_id = $3::uuid OR e2.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $2::uuid
              AND q.mentor_id = $3::uuid)))
        ORDER BY e2.id
        LIMIT 3) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $2::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $1::timestamptz
  FROM token k
  WHERE k.group_id = $2::uuid
  AND k.id = $4::uuid) AS live

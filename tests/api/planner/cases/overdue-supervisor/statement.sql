SELECT convert_to('{"enrolments":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"state":"' || p1.state::text || '","dueOn":' || coalesce('"' || p1.due_on::text || '"', 'null') || ',"overdue":' || coalesce((p1.state IN ('ASSIGNED', 'IN_PROGRESS')
          AND coalesce(p1.due_on < ($1::timestamptz AT TIME ZONE (SELECT t.time_zone
                FROM tenant t
                WHERE t.group_id = $2::uuid
                AND t.id = p1.tenant_id))::date, FALSE))::text, 'null') || ',"person":' || CASE WHEN p2.id IS NOT NULL THEN '{"displayName":' || to_json(p2.display_name)::text || '}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT e3.due_on, e3.id, e3.person_id, e3.state, e3.tenant_id
        FROM enrolment e3
        WHERE e3.group_id = $2::uuid
        AND (e3.person_id = $4::uuid OR e3.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $2::uuid
              AND q.mentor_id = $4::uuid)) OR e3.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $2::uuid
              AND q.supervisor_id = $4::uuid)) OR e3.tenant_id = $3::uuid)
        AND e3.state = ANY($5::text[])
        ORDER BY e3.due_on NULLS LAST, e3.id
        LIMIT 4) p1
      LEFT JOIN person p2 ON p2.group_id = $2::uuid
      AND p2.id = p1.person_id
      AND (p2.id = $4::uuid OR p2.mentor_id = $4::uuid OR p2.supervisor_id = $4::uuid OR p2.tenant_id = $3::uuid)
      ORDER BY p1.due_on NULLS LAST, p1.id) p HAVING TRUE) || ',"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"state":"' || p4.state::text || '","dueOn":"' || p4.due_on::text || '","overdue":' || coalesce((p4.state = 'ACTIVE'
          AND p4.due_on < ($1::timestamptz AT TIME ZONE (SELECT t.time_zone
              FROM tenant t
              WHERE t.group_id = $2::uuid
              AND t.id = p4.tenant_id))::date)::text, 'null') || '}' AS o0
      FROM (SELECT l5.due_on, l5.state, l5.tenant_id
        FROM learning_plan l5
        WHERE l5.group_id = $2::uuid
        AND (l5.person_id = $4::uuid OR l5.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $2::uuid
              AND q.mentor_id = $4::uuid)) OR l5.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $2::uuid
              AND q.supervisor_id = $4::uuid)) OR l5.tenant_id = $3::uuid)
        ORDER BY l5.id
        LIMIT 2) p4) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $2::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $1::timestamptz
  FROM token k
  WHERE k.group_id = $2::uuid
  AND k.id = $6::uuid) AS live

SELECT convert_to('{"tenants":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"staffNumber":' || to_json(p2.staff_number)::text || ',"enrolments":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ',') FILTER (WHERE p.n <= 1), '') || '],"pageInfo":{"hasPreviousPage":' || (count(*) > 1)::text || '}}'
            FROM (SELECT p3.n, '{"dueOn":' || coalesce('"' || p3.due_on::text || '"', 'null') || '}' AS o0
              FROM (SELECT e4.due_on, row_number() OVER (ORDER BY e4.due_on DESC NULLS FIRST, e4.id DESC) AS n
                FROM enrolment e4
                WHERE e4.group_id = $1::uuid
                AND e4.person_id = p2.id
                ORDER BY e4.due_on DESC NULLS FIRST, e4.id DESC
                LIMIT 2) p3
              ORDER BY p3.n DESC) p HAVING TRUE) || '}' AS o0
          FROM (SELECT p5.id, p5.staff_number
            FROM person p5
            WHERE p5.group_id = $1::uuid
            AND p5.tenant_id = p1.id
            ORDER BY p5.staff_number, p5.id
            LIMIT 2) p2) p HAVING TRUE) || '}' AS o0
      FROM (SELECT t6.code, t6.id
        FROM tenant t6
        WHERE t6.group_id = $1::uuid
        AND t6.kind = $2::text
        ORDER BY t6.path, t6.id
        LIMIT 2) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

SELECT convert_to('{"people":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p5
          WHERE p5.group_id = $1::uuid
          AND (p5.id = $3::uuid OR p5.mentor_id = $3::uuid OR p5.supervisor_id = $3::uuid OR p5.tenant_id = $2::uuid)
          AND (NOT EXISTS (SELECT 1
              FROM enrolment e6
              WHERE e6.group_id = $1::uuid
              AND e6.person_id = p5.id
              AND e6.passed = $4::boolean OFFSET 0)
            AND EXISTS (SELECT 1
              FROM enrolment e7
              WHERE e7.group_id = $1::uuid
              AND e7.person_id = p5.id
              AND e7.state = $5::text OFFSET 0))
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"staffNumber":' || to_json(p1.staff_number)::text || '}' AS o0
      FROM (SELECT p2.staff_number
        FROM person p2
        WHERE p2.group_id = $1::uuid
        AND (p2.id = $3::uuid OR p2.mentor_id = $3::uuid OR p2.supervisor_id = $3::uuid OR p2.tenant_id = $2::uuid)
        AND (NOT EXISTS (SELECT 1
            FROM enrolment e3
            WHERE e3.group_id = $1::uuid
            AND e3.person_id = p2.id
            AND e3.passed = $4::boolean OFFSET 0)
          AND EXISTS (SELECT 1
            FROM enrolment e4
            WHERE e4.group_id = $1::uuid
            AND e4.person_id = p2.id
            AND e4.state = $5::text OFFSET 0))
        ORDER BY p2.sort_key, p2.id
        LIMIT 4) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $6::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $7::uuid) AS live

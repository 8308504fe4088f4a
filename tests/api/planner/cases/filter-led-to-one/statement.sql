SELECT convert_to('{"enrolments":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM enrolment e9
          WHERE e9.group_id = $1::uuid
          AND (e9.person_id = $4::uuid OR e9.person_id = ANY (ARRAY(SELECT q.id
                FROM person q
                WHERE q.group_id = $1::uuid
                AND q.mentor_id = $4::uuid)) OR e9.person_id = ANY (ARRAY(SELECT q.id
                FROM person q
                WHERE q.group_id = $1::uuid
                AND q.supervisor_id = $4::uuid)) OR e9.tenant_id = $3::uuid)
          AND (EXISTS (SELECT 1
              FROM course_version c10
              WHERE c10.group_id = $1::uuid
              AND c10.id = e9.course_version_id
              AND c10.tenant_id = ANY($2::uuid[])
              AND EXISTS (SELECT 1
                FROM course c11
                WHERE c11.group_id = $1::uuid
                AND c11.id = c10.course_id
                AND c11.family = $5::text))
            AND EXISTS (SELECT 1
              FROM person p12
              WHERE p12.group_id = $1::uuid
              AND p12.id = e9.person_id
              AND (p12.id = $4::uuid OR p12.mentor_id = $4::uuid OR p12.supervisor_id = $4::uuid OR p12.tenant_id = $3::uuid)
              AND EXISTS (SELECT 1
                FROM tenant t13
                WHERE t13.group_id = $1::uuid
                AND t13.id = p12.tenant_id
                AND t13.id = ANY($2::uuid[])
                AND t13.kind = ANY($6::text[]))))
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"state":"' || p1.state::text || '","courseVersion":' || CASE WHEN c2.id IS NOT NULL THEN '{"course":' || CASE WHEN c3.id IS NOT NULL THEN '{"code":' || to_json(c3.code)::text || '}' ELSE 'null'
      END || '}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT e4.course_version_id, e4.id, e4.state
        FROM enrolment e4
        WHERE e4.group_id = $1::uuid
        AND (e4.person_id = $4::uuid OR e4.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $1::uuid
              AND q.mentor_id = $4::uuid)) OR e4.person_id = ANY (ARRAY(SELECT q.id
              FROM person q
              WHERE q.group_id = $1::uuid
              AND q.supervisor_id = $4::uuid)) OR e4.tenant_id = $3::uuid)
        AND (EXISTS (SELECT 1
            FROM course_version c5
            WHERE c5.group_id = $1::uuid
            AND c5.id = e4.course_version_id
            AND c5.tenant_id = ANY($2::uuid[])
            AND EXISTS (SELECT 1
              FROM course c6
              WHERE c6.group_id = $1::uuid
              AND c6.id = c5.course_id
              AND c6.family = $5::text))
          AND EXISTS (SELECT 1
            FROM person p7
            WHERE p7.group_id = $1::uuid
            AND p7.id = e4.person_id
            AND (p7.id = $4::uuid OR p7.mentor_id = $4::uuid OR p7.supervisor_id = $4::uuid OR p7.tenant_id = $3::uuid)
            AND EXISTS (SELECT 1
              FROM tenant t8
              WHERE t8.group_id = $1::uuid
              AND t8.id = p7.tenant_id
              AND t8.id = ANY($2::uuid[])
              AND t8.kind = ANY($6::text[]))))
        ORDER BY e4.id
        LIMIT 4) p1
      LEFT JOIN course_version c2 ON c2.group_id = $1::uuid
      AND c2.id = p1.course_version_id
      AND c2.tenant_id = ANY($2::uuid[])
      LEFT JOIN course c3 ON c3.group_id = $1::uuid
      AND c3.id = c2.course_id
      ORDER BY p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $7::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $8::uuid) AS live

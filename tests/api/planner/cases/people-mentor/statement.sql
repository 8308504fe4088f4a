SELECT convert_to('{"people":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p8
          WHERE p8.group_id = $1::uuid
          AND (p8.id = $3::uuid OR p8.mentor_id = $3::uuid)
          LIMIT 10001) k), 10000)::text || ',"edges":[' || coalesce(string_agg('{"cursor":' || p.c || ',"node":' || p.o0 || '}', ',') FILTER (WHERE p.n <= 3), '') || '],"pageInfo":{"hasNextPage":' || (count(*) > 3)::text || ',"endCursor":' || coalesce((array_agg(p.c) FILTER (WHERE p.n <= 3))[least(count(*), 3)::int], 'null') || '}}'
    FROM (SELECT p1.n, '{"displayName":' || to_json(p1.display_name)::text || ',"enrolments":' || (SELECT '{"totalCount":' || least((SELECT count(*)
            FROM (SELECT 1
              FROM enrolment e6
              WHERE e6.group_id = $1::uuid
              AND e6.person_id = p1.id
              LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"state":"' || p2.state::text || '","courseVersion":' || CASE WHEN c3.id IS NOT NULL THEN '{"number":' || c3.number::text || ',"course":' || CASE WHEN c4.id IS NOT NULL THEN '{"title":' || to_json(c4.title)::text || '}' ELSE 'null'
          END || '}' ELSE 'null'
          END || ',"progress":{"percent":"' || p2.percent::text || '"}}' AS o0
          FROM (SELECT e5.course_version_id, e5.id, e5.percent, e5.state
            FROM enrolment e5
            WHERE e5.group_id = $1::uuid
            AND e5.person_id = p1.id
            ORDER BY e5.id
            LIMIT 2) p2
          LEFT JOIN course_version c3 ON c3.group_id = $1::uuid
          AND c3.id = p2.course_version_id
          AND c3.tenant_id = ANY($2::uuid[])
          LEFT JOIN course c4 ON c4.group_id = $1::uuid
          AND c4.id = c3.course_id
          ORDER BY p2.id) p HAVING TRUE) || '}' AS o0, E'\U000000030:[' || coalesce(to_json(p1.sort_key::text)::text, 'null') || ',' || coalesce(to_json(p1.id::text)::text, 'null') || E']\U00000003' AS c
      FROM (SELECT p7.display_name, p7.id, p7.sort_key, row_number() OVER (ORDER BY p7.sort_key, p7.id) AS n
        FROM person p7
        WHERE p7.group_id = $1::uuid
        AND (p7.id = $3::uuid OR p7.mentor_id = $3::uuid)
        ORDER BY p7.sort_key, p7.id
        LIMIT 4) p1
      ORDER BY p1.n) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

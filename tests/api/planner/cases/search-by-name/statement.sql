SELECT convert_to('{"people":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p3
          WHERE p3.group_id = $1::uuid
          AND p3.id IN (SELECT g.row_id
            FROM name_gram g
            WHERE g.group_id = $1::uuid
            AND g.kind = 'person'
            AND g.gram = ANY($2::text[]) GROUP BY g.row_id HAVING count(*) = cardinality($2::text[]))
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"staffNumber":' || to_json(p1.staff_number)::text || '}' AS o0
      FROM (SELECT p2.staff_number
        FROM person p2
        WHERE p2.group_id = $1::uuid
        AND p2.id IN (SELECT g.row_id
          FROM name_gram g
          WHERE g.group_id = $1::uuid
          AND g.kind = 'person'
          AND g.gram = ANY($2::text[]) GROUP BY g.row_id HAVING count(*) = cardinality($2::text[]))
        ORDER BY p2.staff_number, p2.id
        LIMIT 3) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

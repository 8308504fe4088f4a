SELECT convert_to('{"people":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p3
          WHERE p3.group_id = $1::uuid
          AND (p3.stage = $2::text OR (p3.stage = ANY($3::text[])
              AND NOT (p3.left_on IS NULL) = $4::boolean))
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"stage":"' || p1.stage::text || '","leftOn":' || coalesce('"' || p1.left_on::text || '"', 'null') || '}' AS o0
      FROM (SELECT p2.left_on, p2.stage
        FROM person p2
        WHERE p2.group_id = $1::uuid
        AND (p2.stage = $2::text OR (p2.stage = ANY($3::text[])
            AND NOT (p2.left_on IS NULL) = $4::boolean))
        ORDER BY p2.sort_key, p2.id
        LIMIT 5) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $5::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $6::uuid) AS live

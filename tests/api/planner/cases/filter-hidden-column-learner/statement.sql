SELECT convert_to('{"people":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p3
          WHERE p3.group_id = $1::uuid
          AND p3.id = $2::uuid
          AND (p3.display_name >= $3::text
            AND p3.display_name < $4::text)
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"displayName":' || to_json(p1.display_name)::text || '}' AS o0
      FROM (SELECT p2.display_name
        FROM person p2
        WHERE p2.group_id = $1::uuid
        AND p2.id = $2::uuid
        AND (p2.display_name >= $3::text
          AND p2.display_name < $4::text)
        ORDER BY p2.sort_key, p2.id
        LIMIT 20) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $5::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $6::uuid) AS live

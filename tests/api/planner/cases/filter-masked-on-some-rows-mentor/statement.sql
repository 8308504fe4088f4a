SELECT convert_to('{"people":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p3
          WHERE p3.group_id = $2::uuid
          AND (p3.id = $1::uuid OR p3.mentor_id = $1::uuid)
          AND CASE WHEN p3.id = $1::uuid THEN p3.hired_on
          END >= $3::date
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"displayName":' || to_json(p1.display_name)::text || ',"hiredOn":' || CASE WHEN p1.id = $1::uuid THEN coalesce('"' || p1.hired_on::text || '"', 'null') ELSE E'\U000000020\U00000002'
      END || '}' AS o0
      FROM (SELECT p2.display_name, p2.hired_on, p2.id
        FROM person p2
        WHERE p2.group_id = $2::uuid
        AND (p2.id = $1::uuid OR p2.mentor_id = $1::uuid)
        AND CASE WHEN p2.id = $1::uuid THEN p2.hired_on
        END >= $3::date
        ORDER BY p2.sort_key, p2.id
        LIMIT 20) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $2::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $2::uuid
  AND k.id = $5::uuid) AS live

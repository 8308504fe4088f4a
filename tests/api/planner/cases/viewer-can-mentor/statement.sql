SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"viewerCan":[{"__typename":"Capability","a":"DECRYPT","ok":' || CASE WHEN p1.id = $1::uuid THEN 'true' ELSE 'false'
      END || ',"why":' || CASE WHEN p1.id = $1::uuid THEN 'null' ELSE '"ROW"'
      END || '},{"__typename":"Capability","a":"WRITE","ok":false,"why":"ROLE"}]}' AS o0
      FROM (SELECT p2.id
        FROM person p2
        WHERE p2.group_id = $2::uuid
        AND (p2.id = $1::uuid OR p2.mentor_id = $1::uuid)
        ORDER BY p2.sort_key, p2.id
        LIMIT 5) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $2::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $2::uuid
  AND k.id = $4::uuid) AS live

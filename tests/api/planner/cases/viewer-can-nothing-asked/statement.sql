SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"viewerCan":[]}' AS o0
      FROM (SELECT 1
        FROM person p2
        WHERE p2.group_id = $1::uuid
        AND p2.id = $2::uuid
        ORDER BY p2.sort_key, p2.id
        LIMIT 1) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

SELECT convert_to('{"courses":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"viewerCan":[{"action":"READ","allowed":true,"reason":null},{"action":"WRITE","allowed":false,"reason":"ROLE"}]}' AS o0
      FROM (SELECT 1
        FROM course c2
        WHERE c2.group_id = $1::uuid
        ORDER BY c2.sort_key, c2.id
        LIMIT 1) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

SELECT convert_to('{"tenants":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"viewerCan":[{"allowed":false,"reason":"ROLE"}]}' AS o0
      FROM (SELECT t2.code
        FROM tenant t2
        WHERE t2.group_id = $1::uuid
        AND t2.id = ANY($2::uuid[])
        ORDER BY t2.path, t2.id
        LIMIT 3) p1) p HAVING TRUE) || ',"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"all":[{"action":"READ","allowed":true,"reason":null},{"action":"DECRYPT","allowed":true,"reason":null},{"action":"FILTER","allowed":true,"reason":null},{"action":"SORT","allowed":true,"reason":null},{"action":"AGGREGATE","allowed":true,"reason":null},{"action":"WRITE","allowed":true,"reason":null},{"action":"CREATE","allowed":true,"reason":null},{"action":"DELETE","allowed":false,"reason":"ROLE"},{"action":"EXPORT","allowed":false,"reason":"ROLE"},{"action":"GRANT","allowed":false,"reason":"ROLE"},{"action":"EXECUTE","allowed":false,"reason":"ROLE"}]}' AS o0
      FROM (SELECT 1
        FROM person p4
        WHERE p4.group_id = $1::uuid
        AND p4.tenant_id = $3::uuid
        ORDER BY p4.sort_key, p4.id
        LIMIT 2) p3) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

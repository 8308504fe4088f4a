SELECT convert_to('{"tenants":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || '],"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM tenant t5
          WHERE t5.group_id = $1::uuid
          LIMIT 10001) k), 10000)::text || '}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"people":{"totalCount":' || least((SELECT count(*)
          FROM (SELECT 1
            FROM person p2
            WHERE p2.group_id = $1::uuid
            AND p2.tenant_id = p1.id
            LIMIT 10001) k), 10000)::text || ',"totalCountIsExact":' || ((SELECT count(*)
          FROM (SELECT 1
            FROM person p3
            WHERE p3.group_id = $1::uuid
            AND p3.tenant_id = p1.id
            LIMIT 10001) k) <= 10000)::text || '}}' AS o0
      FROM (SELECT t4.code, t4.id
        FROM tenant t4
        WHERE t4.group_id = $1::uuid
        ORDER BY t4.path, t4.id
        LIMIT 3) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

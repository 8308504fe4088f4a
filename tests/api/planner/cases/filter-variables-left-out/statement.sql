SELECT convert_to('{"people":{"totalCount":' || least((SELECT count(*)
      FROM (SELECT 1
        FROM person p1
        WHERE p1.group_id = $1::uuid
        AND (TRUE
          AND EXISTS (SELECT 1
            FROM tenant t2
            WHERE t2.group_id = $1::uuid
            AND t2.id = p1.tenant_id))
        LIMIT 10001) k), 10000)::text || '},"tenants":{"totalCount":' || least((SELECT count(*)
      FROM (SELECT 1
        FROM tenant t3
        WHERE t3.group_id = $1::uuid
        LIMIT 10001) k), 10000)::text || '}}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

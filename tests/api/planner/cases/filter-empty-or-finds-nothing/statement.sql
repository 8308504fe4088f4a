SELECT convert_to('{"none":{"totalCount":' || least((SELECT count(*)
      FROM (SELECT 1
        FROM person p1
        WHERE p1.group_id = $1::uuid
        AND FALSE
        LIMIT 10001) k), 10000)::text || '},"all":{"totalCount":' || least((SELECT count(*)
      FROM (SELECT 1
        FROM person p2
        WHERE p2.group_id = $1::uuid
        LIMIT 10001) k), 10000)::text || '}}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

SELECT convert_to('{"tenants":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"now":' || E'\U000000020\U00000002' || ',"then":' || E'\U000000021\U00000002' || ',"programme":' || E'\U000000022\U00000002' || '}' AS o0
      FROM (SELECT t2.code
        FROM tenant t2
        WHERE t2.group_id = $1::uuid
        AND t2.id = ANY($2::uuid[])
        ORDER BY t2.path, t2.id
        LIMIT 9) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

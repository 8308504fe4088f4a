SELECT convert_to('{"viewer":' || (SELECT '{"actor":' || $1::text || ',"tenant":' || CASE WHEN t1.id IS NOT NULL THEN '{"code":' || to_json(t1.code)::text || '}' ELSE 'null'
    END || ',"denials":' || $4::text || ',"permissions":' || $5::text || '}'
    FROM (VALUES (1)) v(one)
    LEFT JOIN tenant t1 ON t1.group_id = $2::uuid
    AND t1.id = $3::uuid) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $2::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $6::timestamptz
  FROM token k
  WHERE k.group_id = $2::uuid
  AND k.id = $7::uuid) AS live

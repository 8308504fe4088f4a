SELECT convert_to('{"viewer":' || (SELECT '{"actor":' || $1::text || ',"person":' || CASE WHEN p1.id IS NOT NULL THEN '{"displayName":' || to_json(p1.display_name)::text || ',"stage":"' || p1.stage::text || '"}' ELSE 'null'
    END || ',"tenant":' || CASE WHEN t2.id IS NOT NULL THEN '{"code":' || to_json(t2.code)::text || ',"name":' || CASE WHEN (NULL::uuid = $3::uuid OR t2.id = ANY($5::uuid[])) THEN to_json(t2.name)::text ELSE E'\U000000020\U00000002'
    END || '}' ELSE 'null'
    END || ',"denials":' || $6::text || ',"permissions":' || $7::text || '}'
    FROM (VALUES (1)) v(one)
    LEFT JOIN person p1 ON p1.group_id = $2::uuid
    AND p1.id = $3::uuid
    AND p1.id = $3::uuid
    LEFT JOIN tenant t2 ON t2.group_id = $2::uuid
    AND t2.id = $4::uuid) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $2::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $8::timestamptz
  FROM token k
  WHERE k.group_id = $2::uuid
  AND k.id = $9::uuid) AS live

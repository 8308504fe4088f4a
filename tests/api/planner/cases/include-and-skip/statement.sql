SELECT convert_to('{"viewer":' || (SELECT '{"person":' || CASE WHEN p1.id IS NOT NULL THEN '{"staffNumber":' || to_json(p1.staff_number)::text || ',"stage":"' || p1.stage::text || '","displayName":' || to_json(p1.display_name)::text || '}' ELSE 'null'
    END || '}'
    FROM (VALUES (1)) v(one)
    LEFT JOIN person p1 ON p1.group_id = $1::uuid
    AND p1.id = $2::uuid
    AND p1.id = $2::uuid) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

SELECT convert_to('{"viewer":' || (SELECT '{"one":' || CASE WHEN p1.id IS NOT NULL THEN '{"staffNumber":' || to_json(p1.staff_number)::text || '}' ELSE 'null'
    END || ',"two":' || CASE WHEN p2.id IS NOT NULL THEN '{"staffNumber":' || to_json(p2.staff_number)::text || ',"tenant":' || CASE WHEN t3.id IS NOT NULL THEN '{"code":' || to_json(t3.code)::text || ',"name":' || to_json(t3.name)::text || '}' ELSE 'null'
    END || ',"stage":"' || p2.stage::text || '"}' ELSE 'null'
    END || '}'
    FROM (VALUES (1)) v(one)
    LEFT JOIN person p1 ON p1.group_id = $1::uuid
    AND p1.id = $2::uuid
    AND p1.id = $2::uuid
    LEFT JOIN person p2 ON p2.group_id = $1::uuid
    AND p2.id = $2::uuid
    AND p2.id = $2::uuid
    LEFT JOIN tenant t3 ON t3.group_id = $1::uuid
    AND t3.id = p2.tenant_id
    AND t3.id = ANY($3::uuid[])) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

SELECT convert_to('{"viewer":' || (SELECT '{"person":' || CASE WHEN p1.id IS NOT NULL THEN '{"phone":' || CASE WHEN p1.phone IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '0:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w2.wrapped
          FROM window_key w2
          WHERE w2.group_id = $1::uuid
          AND w2.kid = substr(p1.phone, 8, 8)) || substr(p1.phone, 4, (get_byte(p1.phone, 1) * 256 + get_byte(p1.phone, 2))), 'hex') || E'\U00000001', 'null') || ',"accessible":' || CASE WHEN TRUE THEN 'true' ELSE 'false'
    END || ',"classification":"P3","value":' || coalesce(E'\U00000001' || '1:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || substr(p1.phone, 4 + (get_byte(p1.phone, 1) * 256 + get_byte(p1.phone, 2))), 'hex') || E'\U00000001', 'null') || '}'
    END || '}' ELSE 'null'
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

SELECT convert_to('{"person":' || coalesce((SELECT '{"id":"psn_' || replace(p1.id::text, '-', '') || '","displayName":' || to_json(p1.display_name)::text || ',"stage":"' || p1.stage::text || '","hiredOn":' || coalesce('"' || p1.hired_on::text || '"', 'null') || ',"phone":' || CASE WHEN p1.phone IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '0:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w2.wrapped
            FROM window_key w2
            WHERE w2.group_id = $1::uuid
            AND w2.kid = substr(p1.phone, 8, 8)) || substr(p1.phone, 4, (get_byte(p1.phone, 1) * 256 + get_byte(p1.phone, 2))), 'hex') || E'\U00000001', 'null') || ',"accessible":' || CASE WHEN TRUE THEN 'true' ELSE 'false'
      END || '}'
      END || ',"nationalId":' || CASE WHEN p1.national_id IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '1:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w3.wrapped
            FROM window_key w3
            WHERE w3.group_id = $1::uuid
            AND w3.kid = substr(p1.national_id, 8, 8)) || substr(p1.national_id, 4, (get_byte(p1.national_id, 1) * 256 + get_byte(p1.national_id, 2))), 'hex') || E'\U00000001', 'null') || '}'
      END || ',"bankAccount":' || CASE WHEN p1.bank_account IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '2:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w4.wrapped
            FROM window_key w4
            WHERE w4.group_id = $1::uuid
            AND w4.kid = substr(p1.bank_account, 8, 8)) || substr(p1.bank_account, 4, (get_byte(p1.bank_account, 1) * 256 + get_byte(p1.bank_account, 2))), 'hex') || E'\U00000001', 'null') || '}'
      END || ',"tenant":' || CASE WHEN t5.id IS NOT NULL THEN '{"code":' || to_json(t5.code)::text || '}' ELSE 'null'
      END || ',"supervisor":' || CASE WHEN p6.id IS NOT NULL THEN '{"displayName":' || to_json(p6.display_name)::text || '}' ELSE 'null'
      END || ',"mentor":' || CASE WHEN p7.id IS NOT NULL THEN '{"displayName":' || to_json(p7.display_name)::text || '}' ELSE 'null'
      END || ',"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"state":"' || p8.state::text || '","progress":{"percent":"' || p8.percent::text || '","passed":' || coalesce(p8.passed::text, 'null') || '}}' AS o0
          FROM (SELECT l9.passed, l9.percent, l9.state
            FROM learning_plan l9
            WHERE l9.group_id = $1::uuid
            AND l9.person_id = p1.id
            ORDER BY l9.id
            LIMIT 1) p8) p HAVING TRUE) || '}'
      FROM person p1
      LEFT JOIN tenant t5 ON t5.group_id = $1::uuid
      AND t5.id = p1.tenant_id
      AND t5.id = ANY($2::uuid[])
      LEFT JOIN person p6 ON p6.group_id = $1::uuid
      AND p6.id = p1.supervisor_id
      AND p6.tenant_id = $3::uuid
      LEFT JOIN person p7 ON p7.group_id = $1::uuid
      AND p7.id = p1.mentor_id
      AND p7.tenant_id = $3::uuid
      WHERE p1.group_id = $1::uuid
      AND p1.id = $4::uuid
      AND p1.tenant_id = $3::uuid), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $5::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $6::uuid) AS live

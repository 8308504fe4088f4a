SELECT convert_to('{"person":' || coalesce((SELECT '{"id":"psn_' || replace(p1.id::text, '-', '') || '","displayName":' || to_json(p1.display_name)::text || ',"stage":"' || p1.stage::text || '","hiredOn":' || coalesce('"' || p1.hired_on::text || '"', 'null') || ',"phone":' || CASE WHEN p1.phone IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '0:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w2.wrapped
            FROM window_key w2
            WHERE w2.group_id = $1::uuid
            AND w2.kid = substr(p1.phone, 8, 8)) || substr(p1.phone, 4, (get_byte(p1.phone, 1) * 256 + get_byte(p1.phone, 2))), 'hex') || E'\U00000001', 'null') || ',"accessible":' || CASE WHEN FALSE THEN 'true' ELSE 'false'
      END || '}'
      END || ',"nationalId":' || CASE WHEN p1.national_id IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '1:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w3.wrapped
            FROM window_key w3
            WHERE w3.group_id = $1::uuid
            AND w3.kid = substr(p1.national_id, 8, 8)) || substr(p1.national_id, 4, (get_byte(p1.national_id, 1) * 256 + get_byte(p1.national_id, 2))), 'hex') || E'\U00000001', 'null') || '}'
      END || ',"bankAccount":' || E'\U000000020\U00000002' || ',"tenant":{"code":' || to_json(t4.code)::text || '},"supervisor":' || CASE WHEN p5.id IS NOT NULL THEN '{"displayName":' || to_json(p5.display_name)::text || '}' ELSE 'null'
      END || ',"mentor":' || CASE WHEN p6.id IS NOT NULL THEN '{"displayName":' || to_json(p6.display_name)::text || '}' ELSE 'null'
      END || ',"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"state":"' || p7.state::text || '","progress":{"percent":"' || p7.percent::text || '","passed":' || coalesce(p7.passed::text, 'null') || '}}' AS o0
          FROM (SELECT l8.passed, l8.percent, l8.state
            FROM learning_plan l8
            WHERE l8.group_id = $1::uuid
            AND l8.person_id = p1.id
            ORDER BY l8.id
            LIMIT 1) p7) p HAVING TRUE) || '}'
      FROM person p1
      JOIN tenant t4 ON t4.group_id = $1::uuid
      AND t4.id = p1.tenant_id
      LEFT JOIN person p5 ON p5.group_id = $1::uuid
      AND p5.id = p1.supervisor_id
      LEFT JOIN person p6 ON p6.group_id = $1::uuid
      AND p6.id = p1.mentor_id
      WHERE p1.group_id = $1::uuid
      AND p1.id = $2::uuid
      AND TRUE), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

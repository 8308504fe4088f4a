SELECT convert_to('{"person":' || coalesce((SELECT '{"id":"psn_' || replace(p1.id::text, '-', '') || '","displayName":' || to_json(p1.display_name)::text || ',"stage":"' || p1.stage::text || '","hiredOn":' || coalesce('"' || p1.hired_on::text || '"', 'null') || ',"phone":' || CASE WHEN p1.phone IS NULL THEN 'null' ELSE '{"masked":' || coalesce(E'\U00000001' || '0:' || encode(uuid_send(p1.id) || uuid_send(p1.id) || (SELECT w2.wrapped
            FROM window_key w2
            WHERE w2.group_id = $1::uuid
            AND w2.kid = substr(p1.phone, 8, 8)) || substr(p1.phone, 4, (get_byte(p1.phone, 1) * 256 + get_byte(p1.phone, 2))), 'hex') || E'\U00000001', 'null') || ',"accessible":' || CASE WHEN FALSE THEN 'true' ELSE 'false'
      END || '}'
      END || ',"nationalId":' || E'\U000000020\U00000002' || ',"bankAccount":' || E'\U000000021\U00000002' || ',"tenant":' || CASE WHEN t3.id IS NOT NULL THEN '{"code":' || to_json(t3.code)::text || '}' ELSE 'null'
      END || ',"supervisor":' || CASE WHEN p4.id IS NOT NULL THEN '{"displayName":' || to_json(p4.display_name)::text || '}' ELSE 'null'
      END || ',"mentor":' || CASE WHEN p5.id IS NOT NULL THEN '{"displayName":' || to_json(p5.display_name)::text || '}' ELSE 'null'
      END || ',"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"state":"' || p6.state::text || '","progress":{"percent":"' || p6.percent::text || '","passed":' || coalesce(p6.passed::text, 'null') || '}}' AS o0
          FROM (SELECT l7.passed, l7.percent, l7.state
            FROM learning_plan l7
            WHERE l7.group_id = $1::uuid
            AND l7.person_id = p1.id
            ORDER BY l7.id
            LIMIT 1) p6) p HAVING TRUE) || '}'
      FROM person p1
      LEFT JOIN tenant t3 ON t3.group_id = $1::uuid
      AND t3.id = p1.tenant_id
      AND t3.id = ANY($2::uuid[])
      LEFT JOIN person p4 ON p4.group_id = $1::uuid
      AND p4.id = p1.supervisor_id
      AND p4.tenant_id = $3::uuid
      LEFT JOIN person p5 ON p5.group_id = $1::uuid
      AND p5.id = p1.mentor_id
      AND p5.tenant_id = $3::uuid
      WHERE p1.group_id = $1::uuid
      AND p1.id = $4::uuid
      AND p1.tenant_id = $3::uuid), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $5::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $6::uuid) AS live

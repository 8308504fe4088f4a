SELECT convert_to('{"person":' || coalesce((SELECT '{"id":"psn_' || replace(p1.id::text, '-', '') || '","displayName":' || to_json(p1.display_name)::text || ',"stage":"' || p1.stage::text || '","hiredOn":' || coalesce('"' || p1.hired_on::text || '"', 'null') || ',"phone":' || E'\U000000020\U00000002' || ',"nationalId":' || E'\U000000021\U00000002' || ',"bankAccount":' || E'\U000000022\U00000002' || ',"tenant":{"code":' || to_json(t2.code)::text || '},"supervisor":' || CASE WHEN p3.id IS NOT NULL THEN '{"displayName":' || to_json(p3.display_name)::text || '}' ELSE 'null'
      END || ',"mentor":' || CASE WHEN p4.id IS NOT NULL THEN '{"displayName":' || to_json(p4.display_name)::text || '}' ELSE 'null'
      END || ',"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"state":"' || p5.state::text || '","progress":{"percent":"' || p5.percent::text || '","passed":' || coalesce(p5.passed::text, 'null') || '}}' AS o0
          FROM (SELECT l6.passed, l6.percent, l6.state
            FROM learning_plan l6
            WHERE l6.group_id = $1::uuid
            AND l6.person_id = p1.id
            ORDER BY l6.id
            LIMIT 1) p5) p HAVING TRUE) || '}'
      FROM person p1
      JOIN tenant t2 ON t2.group_id = $1::uuid
      AND t2.id = p1.tenant_id
      LEFT JOIN person p3 ON p3.group_id = $1::uuid
      AND p3.id = p1.supervisor_id
      LEFT JOIN person p4 ON p4.group_id = $1::uuid
      AND p4.id = p1.mentor_id
      WHERE p1.group_id = $1::uuid
      AND p1.id = $2::uuid
      AND TRUE), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

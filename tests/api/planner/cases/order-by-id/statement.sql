SELECT convert_to('{"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"state":"' || p1.state::text || '","revision":' || p1.revision::text || '}' AS o0
      FROM (SELECT l2.revision, l2.state
        FROM learning_plan l2
        WHERE l2.group_id = $1::uuid
        ORDER BY l2.id DESC
        LIMIT 2) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

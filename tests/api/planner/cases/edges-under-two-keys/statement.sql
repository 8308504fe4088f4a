SELECT convert_to('{"people":' || (SELECT '{"one":[' || coalesce(string_agg('{"cursor":' || p.c || ',"node":' || p.o0 || '}', ','), '') || '],"two":[' || coalesce(string_agg('{"node":' || p.o1 || '}', ','), '') || '],"nodes":[' || coalesce(string_agg(p.o2, ','), '') || ']}'
    FROM (SELECT '{"displayName":' || to_json(p1.display_name)::text || '}' AS o0, '{"id":"psn_' || replace(p1.id::text, '-', '') || '","supervisor":' || CASE WHEN p2.id IS NOT NULL THEN '{"displayName":' || to_json(p2.display_name)::text || '}' ELSE 'null'
      END || '}' AS o1, '{"stage":"' || p1.stage::text || '"}' AS o2, E'\U000000030:[' || coalesce(to_json(p1.sort_key::text)::text, 'null') || ',' || coalesce(to_json(p1.id::text)::text, 'null') || E']\U00000003' AS c
      FROM (SELECT p3.display_name, p3.id, p3.sort_key, p3.stage, p3.supervisor_id
        FROM person p3
        WHERE p3.group_id = $1::uuid
        ORDER BY p3.sort_key, p3.id
        LIMIT 2) p1
      LEFT JOIN person p2 ON p2.group_id = $1::uuid
      AND p2.id = p1.supervisor_id
      ORDER BY p1.sort_key, p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

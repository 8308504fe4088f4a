SELECT convert_to('{"courses":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"version":' || CASE WHEN c2.id IS NOT NULL THEN '{"number":' || c2.number::text || ',"status":"' || c2.status::text || '","hours":"' || c2.hours::text || '"}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT c3.code, c3.id, c3.sort_key
        FROM course c3
        WHERE c3.group_id = $1::uuid
        ORDER BY c3.sort_key, c3.id
        LIMIT 2) p1
      LEFT JOIN course_version c2 ON c2.group_id = $1::uuid
      AND c2.course_id = p1.id
      AND c2.number = $2::int
      ORDER BY p1.sort_key, p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

SELECT convert_to('{"courses":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"__typename":"Course","id":"crs_' || replace(p1.id::text, '-', '') || '","current":' || CASE WHEN c2.id IS NOT NULL THEN '{"rowVersion":' || c2.row_version::text || ',"blocks":' || (SELECT '[' || coalesce(string_agg(CASE WHEN b3.kind = 'TEXT' THEN '{"__typename":"TextBlock","position":' || b3.position::text || ',"minutes":' || b3.minutes::text || ',"title":' || to_json(b3.title)::text || ',"kind":"' || b3.kind::text || '"}' WHEN b3.kind = 'VIDEO' THEN '{"__typename":"VideoBlock","position":' || b3.position::text || ',"title":' || to_json(b3.title)::text || ',"kind":"' || b3.kind::text || '"}' WHEN b3.kind = 'SIMULATION' THEN '{"__typename":"SimulationBlock","position":' || b3.position::text || ',"title":' || to_json(b3.title)::text || ',"kind":"' || b3.kind::text || '"}' WHEN b3.kind = 'ROLE_PLAY' THEN '{"__typename":"RolePlayBlock","position":' || b3.position::text || ',"title":' || to_json(b3.title)::text || ',"kind":"' || b3.kind::text || '"}' WHEN b3.kind = 'CASE' THEN '{"__typename":"CaseBlock","position":' || b3.position::text || ',"title":' || to_json(b3.title)::text || ',"kind":"' || b3.kind::text || '"}' WHEN b3.kind = 'TEST' THEN '{"__typename":"TestBlock","position":' || b3.position::text || ',"title":' || to_json(b3.title)::text || ',"kind":"' || b3.kind::text || '"}' ELSE 'null'
            END, ','
            ORDER BY b3.position, b3.id), '') || ']'
        FROM block b3
        WHERE b3.group_id = $1::uuid
        AND b3.version_id = c2.id
        AND ((b3.kind = 'TEXT'
            AND TRUE) OR (b3.kind = 'VIDEO'
            AND TRUE) OR (b3.kind = 'SIMULATION'
            AND TRUE) OR (b3.kind = 'ROLE_PLAY'
            AND TRUE) OR (b3.kind = 'CASE'
            AND TRUE) OR (b3.kind = 'TEST'
            AND TRUE))) || '}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT c4.id, c4.sort_key
        FROM course c4
        WHERE c4.group_id = $1::uuid
        AND c4.tenant_id = ANY($2::uuid[])
        ORDER BY c4.sort_key, c4.id
        LIMIT 1) p1
      LEFT JOIN course_version c2 ON c2.group_id = $1::uuid
      AND c2.course_id = p1.id
      AND c2.status = 'PUBLISHED'
      AND c2.tenant_id = ANY($2::uuid[])
      ORDER BY p1.sort_key, p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

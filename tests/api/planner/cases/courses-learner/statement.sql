SELECT convert_to('{"courses":' || (SELECT '{"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM course c10
          WHERE c10.group_id = $1::uuid
          AND c10.tenant_id = ANY($2::uuid[])
          AND c10.id IN (SELECT g.row_id
            FROM name_gram g
            WHERE g.group_id = $1::uuid
            AND g.kind = 'course'
            AND g.gram = ANY($4::text[]) GROUP BY g.row_id HAVING count(*) = cardinality($4::text[]))
          LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"title":' || to_json(p1.title)::text || ',"family":"' || p1.family::text || '","current":' || CASE WHEN c2.id IS NOT NULL THEN '{"number":' || c2.number::text || ',"hours":"' || c2.hours::text || '","changeNote":' || coalesce(to_json(c2.change_note)::text, 'null') || ',"blocks":' || (SELECT '[' || coalesce(string_agg(CASE WHEN b3.kind = 'TEXT' THEN '{"__typename":"TextBlock","position":' || b3.position::text || ',"kind":"' || b3.kind::text || '","title":' || to_json(b3.title)::text || ',"minutes":' || b3.minutes::text || '}' WHEN b3.kind = 'VIDEO' THEN '{"__typename":"VideoBlock","position":' || b3.position::text || ',"kind":"' || b3.kind::text || '","title":' || to_json(b3.title)::text || ',"minutes":' || b3.minutes::text || '}' WHEN b3.kind = 'SIMULATION' THEN '{"__typename":"SimulationBlock","position":' || b3.position::text || ',"kind":"' || b3.kind::text || '","title":' || to_json(b3.title)::text || ',"minutes":' || b3.minutes::text || '}' WHEN b3.kind = 'ROLE_PLAY' THEN '{"__typename":"RolePlayBlock","position":' || b3.position::text || ',"kind":"' || b3.kind::text || '","title":' || to_json(b3.title)::text || ',"minutes":' || b3.minutes::text || '}' WHEN b3.kind = 'CASE' THEN '{"__typename":"CaseBlock","position":' || b3.position::text || ',"kind":"' || b3.kind::text || '","title":' || to_json(b3.title)::text || ',"minutes":' || b3.minutes::text || '}' WHEN b3.kind = 'TEST' THEN '{"__typename":"TestBlock","position":' || b3.position::text || ',"kind":"' || b3.kind::text || '","title":' || to_json(b3.title)::text || ',"minutes":' || b3.minutes::text || ',"itemCount":' || coalesce(b3.item_count::text, 'null') || ',"passMark":' || coalesce('"' || b3.pass_mark::text || '"', 'null') || '}' ELSE 'null'
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
            AND TRUE))) || ',"competencies":' || (SELECT '[' || coalesce(string_agg('{"code":' || to_json(c4.code)::text || '}', ','
            ORDER BY c4.position, c4.id), '') || ']'
        FROM course_competency c5
        JOIN competency c4 ON c4.group_id = $1::uuid
        AND c4.id = c5.competency_id
        WHERE c5.group_id = $1::uuid
        AND c5.version_id = c2.id
        AND c4.tenant_id = ANY($2::uuid[])) || '}' ELSE 'null'
      END || ',"first":' || CASE WHEN c6.id IS NOT NULL THEN '{"status":"' || c6.status::text || '"}' ELSE 'null'
      END || ',"versions":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"number":' || p7.number::text || ',"status":"' || p7.status::text || '"}' AS o0
          FROM (SELECT c8.number, c8.status
            FROM course_version c8
            WHERE c8.group_id = $1::uuid
            AND c8.course_id = p1.id
            AND c8.tenant_id = ANY($2::uuid[])
            ORDER BY c8.course_id, c8.number, c8.id
            LIMIT 20) p7) p HAVING TRUE) || '}' AS o0
      FROM (SELECT c9.code, c9.family, c9.id, c9.sort_key, c9.title
        FROM course c9
        WHERE c9.group_id = $1::uuid
        AND c9.tenant_id = ANY($2::uuid[])
        AND c9.id IN (SELECT g.row_id
          FROM name_gram g
          WHERE g.group_id = $1::uuid
          AND g.kind = 'course'
          AND g.gram = ANY($4::text[]) GROUP BY g.row_id HAVING count(*) = cardinality($4::text[]))
        ORDER BY c9.sort_key, c9.id
        LIMIT 2) p1
      LEFT JOIN course_version c2 ON c2.group_id = $1::uuid
      AND c2.course_id = p1.id
      AND c2.status = 'PUBLISHED'
      AND c2.tenant_id = ANY($2::uuid[])
      LEFT JOIN course_version c6 ON c6.group_id = $1::uuid
      AND c6.course_id = p1.id
      AND c6.number = $3::int
      AND c6.tenant_id = ANY($2::uuid[])
      ORDER BY p1.sort_key, p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $5::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $6::uuid) AS live

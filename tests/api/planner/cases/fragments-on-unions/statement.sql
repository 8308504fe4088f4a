SELECT convert_to('{"learningPaths":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"current":' || CASE WHEN l2.id IS NOT NULL THEN '{"stages":' || (SELECT '[' || coalesce(string_agg('{"title":' || to_json(p3.title)::text || ',"items":' || (SELECT '[' || coalesce(string_agg('{"requirement":"' || p4.requirement::text || '","activity":' || coalesce(CASE WHEN c5.id IS NOT NULL THEN '{"__typename":"Course","code":' || to_json(c5.code)::text || ',"id":"crs_' || replace(c5.id::text, '-', '') || '"}'
                    END, CASE WHEN a6.id IS NOT NULL THEN CASE WHEN a6.kind = 'ASSESSMENT' THEN '{"__typename":"Assessment","id":"asm_' || replace(a6.id::text, '-', '') || '"}' WHEN a6.kind = 'SCENARIO' THEN '{"__typename":"Scenario","title":' || to_json(a6.title)::text || ',"id":"scn_' || replace(a6.id::text, '-', '') || '"}' WHEN a6.kind = 'CLASS_SESSION' THEN '{"__typename":"ClassSession","id":"cls_' || replace(a6.id::text, '-', '') || '"}' WHEN a6.kind = 'SIGN_OFF' THEN '{"__typename":"SignOff","id":"sgn_' || replace(a6.id::text, '-', '') || '"}' ELSE 'null'
                    END
                    END, 'null') || '}', ','
                  ORDER BY p4.position, p4.id), '') || ']'
              FROM path_item p4
              LEFT JOIN course c5 ON c5.group_id = $1::uuid
              AND c5.id = p4.course_id
              AND c5.tenant_id = ANY($2::uuid[])
              LEFT JOIN activity a6 ON a6.group_id = $1::uuid
              AND a6.id = p4.activity_id
              AND ((a6.kind = 'ASSESSMENT'
                  AND a6.tenant_id = ANY($2::uuid[])) OR (a6.kind = 'SCENARIO'
                  AND a6.tenant_id = ANY($2::uuid[])) OR (a6.kind = 'CLASS_SESSION'
                  AND a6.tenant_id = ANY($2::uuid[])) OR (a6.kind = 'SIGN_OFF'
                  AND a6.tenant_id = ANY($2::uuid[])))
              WHERE p4.group_id = $1::uuid
              AND p4.stage_id = p3.id) || '}', ','
            ORDER BY p3.position, p3.id), '') || ']'
        FROM path_stage p3
        WHERE p3.group_id = $1::uuid
        AND p3.version_id = l2.id) || '}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT l7.code, l7.id
        FROM learning_path l7
        WHERE l7.group_id = $1::uuid
        AND l7.tenant_id = ANY($2::uuid[])
        ORDER BY l7.code, l7.id
        LIMIT 1) p1
      LEFT JOIN learning_path_version l2 ON l2.group_id = $1::uuid
      AND l2.path_id = p1.id
      AND l2.status = 'PUBLISHED'
      AND l2.tenant_id = ANY($2::uuid[])
      ORDER BY p1.code, p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

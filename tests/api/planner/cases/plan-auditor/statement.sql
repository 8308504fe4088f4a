SELECT convert_to('{"person":' || coalesce((SELECT '{"employments":' || (SELECT '[' || coalesce(string_agg('{"hiredOn":"' || e2.hired_on::text || '","placements":' || (SELECT '[' || coalesce(string_agg('{"from":"' || p3.starts_on::text || '","to":' || coalesce('"' || p3.ends_on::text || '"', 'null') || ',"tenant":{"name":' || to_json(t4.name)::text || '},"jobRole":' || CASE WHEN j5.id IS NOT NULL THEN '{"title":' || to_json(j5.title)::text || '}' ELSE 'null'
                  END || '}', ','
                  ORDER BY p3.starts_on, p3.id), '') || ']'
              FROM placement p3
              JOIN tenant t4 ON t4.group_id = $1::uuid
              AND t4.id = p3.at_tenant_id
              LEFT JOIN job_role j5 ON j5.group_id = $1::uuid
              AND j5.id = p3.job_role_id
              WHERE p3.group_id = $1::uuid
              AND p3.employment_id = e2.id) || '}', ','
            ORDER BY e2.hired_on, e2.id), '') || ']'
        FROM employment e2
        WHERE e2.group_id = $1::uuid
        AND e2.person_id = p1.id) || ',"learningPlans":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"state":"' || p6.state::text || '","revision":' || p6.revision::text || ',"pathVersion":{"number":' || l7.number::text || '},"items":' || (SELECT '[' || coalesce(string_agg('{"position":' || p8.position::text || ',"requirement":"' || p8.requirement::text || '","state":"' || p8.state::text || '","dueOn":' || coalesce('"' || p8.due_on::text || '"', 'null') || ',"reason":{"code":"' || p8.reason_code::text || '"},"activity":' || coalesce(CASE WHEN c9.id IS NOT NULL THEN '{"__typename":"Course","c":' || to_json(c9.title)::text || '}'
                  END, CASE WHEN a10.id IS NOT NULL THEN CASE WHEN a10.kind = 'ASSESSMENT' THEN '{"__typename":"Assessment","a":' || to_json(a10.title)::text || '}' WHEN a10.kind = 'SCENARIO' THEN '{"__typename":"Scenario","s":' || to_json(a10.title)::text || '}' WHEN a10.kind = 'CLASS_SESSION' THEN '{"__typename":"ClassSession","k":' || to_json(a10.title)::text || '}' WHEN a10.kind = 'SIGN_OFF' THEN '{"__typename":"SignOff","o":' || to_json(a10.title)::text || '}' ELSE 'null'
                  END
                  END, 'null') || ',"progress":{"percent":"' || p8.percent::text || '","passed":' || coalesce(p8.passed::text, 'null') || '}}', ','
                ORDER BY p8.position, p8.id), '') || ']'
            FROM plan_item p8
            LEFT JOIN course c9 ON c9.group_id = $1::uuid
            AND c9.id = (SELECT v.course_id
              FROM course_version v
              WHERE v.group_id = $1::uuid
              AND v.id = p8.course_version_id)
            LEFT JOIN activity a10 ON a10.group_id = $1::uuid
            AND a10.id = p8.activity_id
            AND ((a10.kind = 'ASSESSMENT'
                AND TRUE) OR (a10.kind = 'SCENARIO'
                AND TRUE) OR (a10.kind = 'CLASS_SESSION'
                AND TRUE) OR (a10.kind = 'SIGN_OFF'
                AND TRUE))
            WHERE p8.group_id = $1::uuid
            AND p8.plan_id = p6.id
            AND p8.revision = p6.revision) || '}' AS o0
          FROM (SELECT l11.id, l11.path_version_id, l11.revision, l11.state
            FROM learning_plan l11
            WHERE l11.group_id = $1::uuid
            AND l11.person_id = p1.id
            ORDER BY l11.id
            LIMIT 20) p6
          JOIN learning_path_version l7 ON l7.group_id = $1::uuid
          AND l7.id = p6.path_version_id
          ORDER BY p6.id) p HAVING TRUE) || '}'
      FROM person p1
      WHERE p1.group_id = $1::uuid
      AND p1.id = $2::uuid
      AND TRUE), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

SELECT convert_to('{"competencyModels":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"current":' || CASE WHEN c2.id IS NOT NULL THEN '{"roleTargets":' || (SELECT '[' || coalesce(string_agg('{"level":' || r3.level::text || ',"jobRole":' || CASE WHEN j4.id IS NOT NULL THEN '{"code":' || to_json(j4.code)::text || '}' ELSE 'null'
            END || ',"competency":{"code":' || to_json(c5.code)::text || ',"name":' || to_json(c5.name)::text || '}}', ','
            ORDER BY r3.job_role_id, r3.competency_id, r3.id), '') || ']'
        FROM role_target r3
        LEFT JOIN job_role j4 ON j4.group_id = $1::uuid
        AND j4.id = r3.job_role_id
        AND j4.tenant_id = ANY($2::uuid[])
        JOIN competency c5 ON c5.group_id = $1::uuid
        AND c5.id = r3.competency_id
        WHERE r3.group_id = $1::uuid
        AND r3.version_id = c2.id
        AND EXISTS (SELECT 1
          FROM job_role j6
          WHERE j6.group_id = $1::uuid
          AND j6.id = r3.job_role_id
          AND j6.tenant_id = ANY($2::uuid[]))) || '}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT c7.code, c7.id
        FROM competency_model c7
        WHERE c7.group_id = $1::uuid
        AND c7.tenant_id = ANY($2::uuid[])
        ORDER BY c7.code, c7.id
        LIMIT 20) p1
      LEFT JOIN competency_model_version c2 ON c2.group_id = $1::uuid
      AND c2.model_id = p1.id
      AND c2.status = 'PUBLISHED'
      AND c2.tenant_id = ANY($2::uuid[])
      ORDER BY p1.code, p1.id) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

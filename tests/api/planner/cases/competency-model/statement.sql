SELECT convert_to('{"competencyModels":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"current":' || CASE WHEN c2.id IS NOT NULL THEN '{"number":' || c2.number::text || ',"competencies":' || (SELECT '[' || coalesce(string_agg('{"code":' || to_json(c3.code)::text || ',"scale":{"levels":' || (SELECT '[' || coalesce(string_agg('{"level":' || s4.level::text || ',"cutPoint":"' || s4.cut_point::text || '"}', ','
                  ORDER BY s4.level, s4.id), '') || ']'
              FROM scale_level s4
              WHERE s4.group_id = $1::uuid
              AND s4.competency_id = c3.id) || '},"indicators":' || (SELECT '[' || coalesce(string_agg('{"code":' || to_json(i5.code)::text || ',"weight":"' || i5.weight::text || '","measure":{"evidence":"' || i5.evidence::text || '","comparator":"' || i5.comparator::text || '","threshold":"' || i5.threshold::text || '","unit":' || to_json(i5.unit)::text || '}}', ','
                  ORDER BY i5.position, i5.id), '') || ']'
              FROM indicator i5
              WHERE i5.group_id = $1::uuid
              AND i5.competency_id = c3.id) || '}', ','
            ORDER BY c3.position, c3.id), '') || ']'
        FROM competency c3
        WHERE c3.group_id = $1::uuid
        AND c3.version_id = c2.id) || ',"roleTargets":' || (SELECT '[' || coalesce(string_agg('{"level":' || r6.level::text || ',"mandatory":' || r6.mandatory::text || ',"competency":{"code":' || to_json(c7.code)::text || '}}', ','
            ORDER BY r6.job_role_id, r6.competency_id, r6.id), '') || ']'
        FROM role_target r6
        JOIN competency c7 ON c7.group_id = $1::uuid
        AND c7.id = r6.competency_id
        WHERE r6.group_id = $1::uuid
        AND r6.version_id = c2.id
        AND EXISTS (SELECT 1
          FROM job_role j8
          WHERE j8.group_id = $1::uuid
          AND j8.id = r6.job_role_id
          AND j8.tenant_id = ANY($2::uuid[]))) || '}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT c9.code, c9.id
        FROM competency_model c9
        WHERE c9.group_id = $1::uuid
        AND c9.tenant_id = ANY($2::uuid[])
        ORDER BY c9.code, c9.id
        LIMIT 1) p1
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

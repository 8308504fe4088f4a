SELECT convert_to('{"person":' || coalesce((SELECT '{"employments":' || (SELECT '[' || coalesce(string_agg('{"hiredOn":"' || e2.hired_on::text || '","leftOn":' || coalesce('"' || e2.left_on::text || '"', 'null') || ',"placements":' || (SELECT '[' || coalesce(string_agg('{"from":"' || p3.starts_on::text || '","to":' || coalesce('"' || p3.ends_on::text || '"', 'null') || ',"tenant":' || CASE WHEN t4.id IS NOT NULL THEN '{"code":' || to_json(t4.code)::text || '}' ELSE 'null'
                  END || ',"jobRole":' || CASE WHEN j5.id IS NOT NULL THEN '{"code":' || to_json(j5.code)::text || '}' ELSE 'null'
                  END || ',"supervisor":' || CASE WHEN p6.id IS NOT NULL THEN '{"staffNumber":' || to_json(p6.staff_number)::text || '}' ELSE 'null'
                  END || '}', ','
                  ORDER BY p3.starts_on, p3.id), '') || ']'
              FROM placement p3
              LEFT JOIN tenant t4 ON t4.group_id = $1::uuid
              AND t4.id = p3.at_tenant_id
              AND t4.id = ANY($2::uuid[])
              LEFT JOIN job_role j5 ON j5.group_id = $1::uuid
              AND j5.id = p3.job_role_id
              AND j5.tenant_id = ANY($2::uuid[])
              LEFT JOIN person p6 ON p6.group_id = $1::uuid
              AND p6.id = p3.supervisor_id
              AND p6.tenant_id = $3::uuid
              WHERE p3.group_id = $1::uuid
              AND p3.employment_id = e2.id) || '}', ','
            ORDER BY e2.hired_on, e2.id), '') || ']'
        FROM employment e2
        WHERE e2.group_id = $1::uuid
        AND e2.person_id = p1.id) || '}'
      FROM person p1
      WHERE p1.group_id = $1::uuid
      AND p1.id = $4::uuid
      AND p1.tenant_id = $3::uuid), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $5::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $6::uuid) AS live

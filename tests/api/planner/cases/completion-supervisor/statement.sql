SELECT convert_to('{"tenants":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"now":' || CASE WHEN p1.id = $5::uuid THEN (SELECT '{"value":' || coalesce('"' || trim_scale(round(r.n::numeric / nullif(r.d, 0), 6)) || '"', 'null') || ',"numerator":' || r.n::text || ',"denominator":' || r.d::text || '}'
        FROM (
SELECT count(*) FILTER (WHERE c.done) AS n, count(*) AS d
          FROM (
            SELECT x.person_id, bool_and(x.done) AS done
            FROM (
              SELECT e.person_id, s.state = 'COMPLETED' AS done
              FROM enrolment e
              JOIN course_version v ON v.group_id = $3::uuid
              AND v.id = e.course_version_id
              JOIN course k ON k.group_id = $3::uuid
              AND k.id = v.course_id
    CROSS
              JOIN LATERAL (SELECT CASE WHEN $2::timestamptz IS NULL THEN e.state ELSE coalesce((
                    SELECT g.state
                    FROM progress_entry g
                    WHERE g.group_id = $3::uuid
                    AND g.enrolment_id = e.id
                    AND g.recorded_at <= $2::timestamptz
                    ORDER BY g.recorded_at DESC, g.id DESC
                    LIMIT 1), 'ASSIGNED')
                END AS state) s
              WHERE $1::text IS NOT NULL
              AND e.group_id = $3::uuid
              AND k.family = $1::text
              AND e.created_at <= coalesce($2::timestamptz, $4::timestamptz)
              AND s.state NOT IN ('WITHDRAWN', 'EXEMPTED', 'TRANSFERRED')
              AND (s.state IN ('COMPLETED', 'FAILED') OR e.due_on < (coalesce($2::timestamptz, $4::timestamptz) AT TIME ZONE p1.time_zone)::date)
              AND e.tenant_id IN (SELECT t.id
                FROM tenant t
                WHERE t.group_id = $3::uuid
                AND t.path >= p1.path
                AND t.path < left(p1.path, -1) || '0')
    UNION ALL
              SELECT l.person_id, coalesce(l.completed_at <= coalesce($2::timestamptz, $4::timestamptz), FALSE) AS done
              FROM learning_plan l
              WHERE $1::text IS NULL
              AND l.group_id = $3::uuid
              AND l.state <> 'PROPOSED'
              AND l.created_at <= coalesce($2::timestamptz, $4::timestamptz)
              AND (l.closed_at IS NULL OR l.closed_at > coalesce($2::timestamptz, $4::timestamptz))
              AND (l.completed_at <= coalesce($2::timestamptz, $4::timestamptz) OR l.due_on < (coalesce($2::timestamptz, $4::timestamptz) AT TIME ZONE p1.time_zone)::date)
              AND l.tenant_id IN (SELECT t.id
                FROM tenant t
                WHERE t.group_id = $3::uuid
                AND t.path >= p1.path
                AND t.path < left(p1.path, -1) || '0')
  ) x GROUP BY x.person_id
) c) r) ELSE E'\U000000020\U00000002'
      END || ',"then":' || CASE WHEN p1.id = $5::uuid THEN (SELECT '{"numerator":' || r.n::text || ',"denominator":' || r.d::text || '}'
        FROM (
SELECT count(*) FILTER (WHERE c.done) AS n, count(*) AS d
          FROM (
            SELECT x.person_id, bool_and(x.done) AS done
            FROM (
              SELECT e.person_id, s.state = 'COMPLETED' AS done
              FROM enrolment e
              JOIN course_version v ON v.group_id = $3::uuid
              AND v.id = e.course_version_id
              JOIN course k ON k.group_id = $3::uuid
              AND k.id = v.course_id
    CROSS
              JOIN LATERAL (SELECT CASE WHEN $7::timestamptz IS NULL THEN e.state ELSE coalesce((
                    SELECT g.state
                    FROM progress_entry g
                    WHERE g.group_id = $3::uuid
                    AND g.enrolment_id = e.id
                    AND g.recorded_at <= $7::timestamptz
                    ORDER BY g.recorded_at DESC, g.id DESC
                    LIMIT 1), 'ASSIGNED')
                END AS state) s
              WHERE $6::text IS NOT NULL
              AND e.group_id = $3::uuid
              AND k.family = $6::text
              AND e.created_at <= coalesce($7::timestamptz, $4::timestamptz)
              AND s.state NOT IN ('WITHDRAWN', 'EXEMPTED', 'TRANSFERRED')
              AND (s.state IN ('COMPLETED', 'FAILED') OR e.due_on < (coalesce($7::timestamptz, $4::timestamptz) AT TIME ZONE p1.time_zone)::date)
              AND e.tenant_id IN (SELECT t.id
                FROM tenant t
                WHERE t.group_id = $3::uuid
                AND t.path >= p1.path
                AND t.path < left(p1.path, -1) || '0')
    UNION ALL
              SELECT l.person_id, coalesce(l.completed_at <= coalesce($7::timestamptz, $4::timestamptz), FALSE) AS done
              FROM learning_plan l
              WHERE $6::text IS NULL
              AND l.group_id = $3::uuid
              AND l.state <> 'PROPOSED'
              AND l.created_at <= coalesce($7::timestamptz, $4::timestamptz)
              AND (l.closed_at IS NULL OR l.closed_at > coalesce($7::timestamptz, $4::timestamptz))
              AND (l.completed_at <= coalesce($7::timestamptz, $4::timestamptz) OR l.due_on < (coalesce($7::timestamptz, $4::timestamptz) AT TIME ZONE p1.time_zone)::date)
              AND l.tenant_id IN (SELECT t.id
                FROM tenant t
                WHERE t.group_id = $3::uuid
                AND t.path >= p1.path
                AND t.path < left(p1.path, -1) || '0')
  ) x GROUP BY x.person_id
) c) r) ELSE E'\U000000021\U00000002'
      END || ',"programme":' || CASE WHEN p1.id = $5::uuid THEN (SELECT '{"numerator":' || r.n::text || ',"denominator":' || r.d::text || '}'
        FROM (
SELECT count(*) FILTER (WHERE c.done) AS n, count(*) AS d
          FROM (
            SELECT x.person_id, bool_and(x.done) AS done
            FROM (
              SELECT e.person_id, s.state = 'COMPLETED' AS done
              FROM enrolment e
              JOIN course_version v ON v.group_id = $3::uuid
              AND v.id = e.course_version_id
              JOIN course k ON k.group_id = $3::uuid
              AND k.id = v.course_id
    CROSS
              JOIN LATERAL (SELECT CASE WHEN $9::timestamptz IS NULL THEN e.state ELSE coalesce((
                    SELECT g.state
                    FROM progress_entry g
                    WHERE g.group_id = $3::uuid
                    AND g.enrolment_id = e.id
                    AND g.recorded_at <= $9::timestamptz
                    ORDER BY g.recorded_at DESC, g.id DESC
                    LIMIT 1), 'ASSIGNED')
                END AS state) s
              WHERE $8::text IS NOT NULL
              AND e.group_id = $3::uuid
              AND k.family = $8::text
              AND e.created_at <= coalesce($9::timestamptz, $4::timestamptz)
              AND s.state NOT IN ('WITHDRAWN', 'EXEMPTED', 'TRANSFERRED')
              AND (s.state IN ('COMPLETED', 'FAILED') OR e.due_on < (coalesce($9::timestamptz, $4::timestamptz) AT TIME ZONE p1.time_zone)::date)
              AND e.tenant_id IN (SELECT t.id
                FROM tenant t
                WHERE t.group_id = $3::uuid
                AND t.path >= p1.path
                AND t.path < left(p1.path, -1) || '0')
    UNION ALL
              SELECT l.person_id, coalesce(l.completed_at <= coalesce($9::timestamptz, $4::timestamptz), FALSE) AS done
              FROM learning_plan l
              WHERE $8::text IS NULL
              AND l.group_id = $3::uuid
              AND l.state <> 'PROPOSED'
              AND l.created_at <= coalesce($9::timestamptz, $4::timestamptz)
              AND (l.closed_at IS NULL OR l.closed_at > coalesce($9::timestamptz, $4::timestamptz))
              AND (l.completed_at <= coalesce($9::timestamptz, $4::timestamptz) OR l.due_on < (coalesce($9::timestamptz, $4::timestamptz) AT TIME ZONE p1.time_zone)::date)
              AND l.tenant_id IN (SELECT t.id
                FROM tenant t
                WHERE t.group_id = $3::uuid
                AND t.path >= p1.path
                AND t.path < left(p1.path, -1) || '0')
  ) x GROUP BY x.person_id
) c) r) ELSE E'\U000000022\U00000002'
      END || '}' AS o0
      FROM (SELECT t2.code, t2.id, t2.path, t2.time_zone
        FROM tenant t2
        WHERE t2.group_id = $3::uuid
        AND t2.id = ANY($10::uuid[])
        ORDER BY t2.path, t2.id
        LIMIT 9) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $3::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $3::uuid
  AND k.id = $11::uuid) AS live

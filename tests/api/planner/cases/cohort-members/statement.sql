SELECT convert_to('{"cohorts":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"code":' || to_json(p1.code)::text || ',"members":' || (SELECT '{"totalCount":' || least((SELECT count(*)
            FROM (SELECT 1
              FROM cohort_member c6
              JOIN person p5 ON p5.group_id = $1::uuid
              AND p5.id = c6.person_id
              WHERE c6.group_id = $1::uuid
              AND c6.cohort_id = p1.id
              AND p5.stage = $2::text
              LIMIT 10001) k), 10000)::text || ',"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"stage":"' || p2.stage::text || '"}' AS o0
          FROM (SELECT p3.stage
            FROM cohort_member c4
            JOIN person p3 ON p3.group_id = $1::uuid
            AND p3.id = c4.person_id
            WHERE c4.group_id = $1::uuid
            AND c4.cohort_id = p1.id
            AND p3.stage = $2::text
            ORDER BY p3.sort_key, p3.id
            LIMIT 2) p2) p HAVING TRUE) || ',"completion":' || (SELECT '{"value":' || coalesce('"' || trim_scale(round(r.n::numeric / nullif(r.d, 0), 6)) || '"', 'null') || '}'
        FROM (
SELECT count(*) FILTER (WHERE c.done) AS n, count(*) AS d
          FROM (
            SELECT x.person_id, bool_and(x.done) AS done
            FROM (
              SELECT e.person_id, s.state = 'COMPLETED' AS done
              FROM enrolment e
              JOIN course_version v ON v.group_id = $1::uuid
              AND v.id = e.course_version_id
              JOIN course k ON k.group_id = $1::uuid
              AND k.id = v.course_id
    CROSS
              JOIN LATERAL (SELECT CASE WHEN NULL::timestamptz IS NULL THEN e.state ELSE coalesce((
                    SELECT g.state
                    FROM progress_entry g
                    WHERE g.group_id = $1::uuid
                    AND g.enrolment_id = e.id
                    AND g.recorded_at <= NULL::timestamptz
                    ORDER BY g.recorded_at DESC, g.id DESC
                    LIMIT 1), 'ASSIGNED')
                END AS state) s
              WHERE $3::text IS NOT NULL
              AND e.group_id = $1::uuid
              AND k.family = $3::text
              AND e.created_at <= coalesce(NULL::timestamptz, $4::timestamptz)
              AND s.state NOT IN ('WITHDRAWN', 'EXEMPTED', 'TRANSFERRED')
              AND (s.state IN ('COMPLETED', 'FAILED') OR e.due_on < ($4::timestamptz AT TIME ZONE (SELECT t.time_zone
                    FROM tenant t
                    WHERE t.group_id = $1::uuid
                    AND t.id = p1.tenant_id))::date)
              AND e.person_id IN (SELECT m.person_id
                FROM cohort_member m
                WHERE m.group_id = $1::uuid
                AND m.cohort_id = p1.id)
    UNION ALL
              SELECT l.person_id, coalesce(l.completed_at <= coalesce(NULL::timestamptz, $4::timestamptz), FALSE) AS done
              FROM learning_plan l
              WHERE $3::text IS NULL
              AND l.group_id = $1::uuid
              AND l.state <> 'PROPOSED'
              AND l.created_at <= coalesce(NULL::timestamptz, $4::timestamptz)
              AND (l.closed_at IS NULL OR l.closed_at > coalesce(NULL::timestamptz, $4::timestamptz))
              AND (l.completed_at <= coalesce(NULL::timestamptz, $4::timestamptz) OR l.due_on < ($4::timestamptz AT TIME ZONE (SELECT t.time_zone
                    FROM tenant t
                    WHERE t.group_id = $1::uuid
                    AND t.id = p1.tenant_id))::date)
              AND l.person_id IN (SELECT m.person_id
                FROM cohort_member m
                WHERE m.group_id = $1::uuid
                AND m.cohort_id = p1.id)
  ) x GROUP BY x.person_id
) c) r) || '}' AS o0
      FROM (SELECT c7.code, c7.id, c7.tenant_id
        FROM cohort c7
        WHERE c7.group_id = $1::uuid
        ORDER BY c7.code, c7.id
        LIMIT 1) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

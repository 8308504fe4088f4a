SELECT convert_to('{"enrolments":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"progress":{"percent":"' || p1.percent::text || '"}}' AS o0
      FROM (SELECT e2.percent
        FROM enrolment e2
        WHERE e2.group_id = $1::uuid
        AND (e2.percent >= $2::numeric
          AND e2.percent < $3::numeric)
        ORDER BY e2.percent DESC, e2.id DESC
        LIMIT 3) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

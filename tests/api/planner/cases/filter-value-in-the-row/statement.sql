SELECT convert_to(('{"enrolments":' || (SELECT ('{"nodes":' || '[' || coalesce(string_agg(p."o.nodes", ','
            ORDER BY p.n) FILTER (WHERE p.n <= $4::int + coalesce($5::int, 0)), '') || ']' || '}')
      FROM (SELECT p1.n, ('{"progress":' || ('{"percent":' || '"' || p1.percent::text || '"' || '}') || '}') AS "o.nodes"
        FROM (SELECT e2.percent, row_number() OVER (ORDER BY e2.percent DESC, e2.id DESC) AS n
          FROM enrolment e2
          WHERE e2.group_id = $1::uuid
          AND (e2.percent >= $2::numeric
            AND e2.percent < $3::numeric)
          ORDER BY e2.percent DESC, e2.id DESC
          LIMIT $4::int + 1 OFFSET coalesce($5::int, 0)) p1) p HAVING TRUE) || '}'), 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $6::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $7::uuid) AS live

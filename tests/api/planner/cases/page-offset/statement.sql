SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || '],"pageInfo":{"hasPreviousPage":' || ($2::int > 0)::text || '}}'
    FROM (SELECT p1.n, '{"staffNumber":' || to_json(p1.staff_number)::text || '}' AS o0
      FROM (SELECT p2.staff_number, row_number() OVER (ORDER BY p2.sort_key, p2.id) AS n
        FROM person p2
        WHERE p2.group_id = $1::uuid
        ORDER BY p2.sort_key, p2.id
        LIMIT 2 OFFSET $2::int) p1
      ORDER BY p1.n) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

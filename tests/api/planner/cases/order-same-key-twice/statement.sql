SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"staffNumber":' || to_json(p1.staff_number)::text || '}' AS o0
      FROM (SELECT p2.staff_number
        FROM person p2
        WHERE p2.group_id = $1::uuid
        ORDER BY p2.staff_number DESC, p2.id DESC
        LIMIT 2) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

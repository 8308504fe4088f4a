SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"staffNumber":' || to_json(p1.staff_number)::text || ',"stage":"' || p1.stage::text || '"}' AS o0
      FROM (SELECT p2.staff_number, p2.stage
        FROM person p2
        WHERE p2.group_id = $1::uuid
        AND p2.stage = ANY($2::text[])
        ORDER BY p2.left_on DESC NULLS LAST, p2.staff_number, p2.id
        LIMIT 3) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

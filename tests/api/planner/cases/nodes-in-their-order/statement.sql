SELECT convert_to('{"nodes":[' || coalesce((SELECT '{"__typename":"Person","staffNumber":' || to_json(p1.staff_number)::text || '}'
      FROM person p1
      WHERE p1.group_id = $1::uuid
      AND p1.id = $2::uuid
      AND TRUE), 'null') || ',' || coalesce((SELECT '{"__typename":"Person","staffNumber":' || to_json(p2.staff_number)::text || '}'
      FROM person p2
      WHERE p2.group_id = $1::uuid
      AND p2.id = $3::uuid
      AND TRUE), 'null') || ']}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

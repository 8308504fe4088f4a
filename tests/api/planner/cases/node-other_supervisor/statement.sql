SELECT convert_to('{"node":' || coalesce((SELECT '{"__typename":"Person","id":"psn_' || replace(p1.id::text, '-', '') || '","staffNumber":' || to_json(p1.staff_number)::text || ',"tenant":' || CASE WHEN t2.id IS NOT NULL THEN '{"path":' || to_json(t2.path)::text || ',"parent":' || CASE WHEN t3.id IS NOT NULL THEN '{"code":' || to_json(t3.code)::text || '}' ELSE 'null'
      END || '}' ELSE 'null'
      END || ',"rowVersion":' || p1.row_version::text || '}'
      FROM person p1
      LEFT JOIN tenant t2 ON t2.group_id = $1::uuid
      AND t2.id = p1.tenant_id
      AND t2.id = ANY($2::uuid[])
      LEFT JOIN tenant t3 ON t3.group_id = $1::uuid
      AND t3.id = t2.parent_id
      AND t3.id = ANY($2::uuid[])
      WHERE p1.group_id = $1::uuid
      AND p1.id = $3::uuid
      AND (p1.id = $5::uuid OR p1.mentor_id = $5::uuid OR p1.supervisor_id = $5::uuid OR p1.tenant_id = $4::uuid)), 'null') || ',"nodes":[' || coalesce((SELECT '{"__typename":"Person"}'
      FROM person p4
      WHERE p4.group_id = $1::uuid
      AND p4.id = $6::uuid
      AND (p4.id = $5::uuid OR p4.mentor_id = $5::uuid OR p4.supervisor_id = $5::uuid OR p4.tenant_id = $4::uuid)), 'null') || ',' || coalesce((SELECT '{"__typename":"Person"}'
      FROM person p5
      WHERE p5.group_id = $1::uuid
      AND p5.id = $7::uuid
      AND (p5.id = $5::uuid OR p5.mentor_id = $5::uuid OR p5.supervisor_id = $5::uuid OR p5.tenant_id = $4::uuid)), 'null') || ']}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $8::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $9::uuid) AS live

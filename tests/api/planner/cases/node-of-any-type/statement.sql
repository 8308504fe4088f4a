SELECT convert_to('{"node":' || coalesce((SELECT '{"__typename":"Person","id":"psn_' || replace(p1.id::text, '-', '') || '","displayName":' || to_json(p1.display_name)::text || ',"rowVersion":' || p1.row_version::text || '}'
      FROM person p1
      WHERE p1.group_id = $1::uuid
      AND p1.id = $2::uuid
      AND TRUE), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

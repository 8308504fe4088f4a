SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"displayName":' || to_json(p1.display_name)::text || ',"viewerCan":[{"action":"WRITE","allowed":false,"reason":"ROLE"},{"action":"CREATE","allowed":false,"reason":"ROLE"},{"action":"DECRYPT","allowed":' || CASE WHEN p1.id = $1::uuid THEN 'true' ELSE 'false'
      END || ',"reason":' || CASE WHEN p1.id = $1::uuid THEN 'null' ELSE '"ROW"'
      END || '},{"action":"READ","allowed":true,"reason":null}],"enrolments":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
        FROM (SELECT '{"viewerCan":[{"may":' || CASE WHEN p2.tenant_id = $2::uuid THEN 'true' ELSE 'false'
          END || '}]}' AS o0
          FROM (SELECT e3.tenant_id
            FROM enrolment e3
            WHERE e3.group_id = $3::uuid
            AND e3.person_id = p1.id
            ORDER BY e3.id
            LIMIT 1) p2) p HAVING TRUE) || '}' AS o0
      FROM (SELECT p4.display_name, p4.id
        FROM person p4
        WHERE p4.group_id = $3::uuid
        AND (p4.id = $1::uuid OR p4.mentor_id = $1::uuid OR p4.supervisor_id = $1::uuid OR p4.tenant_id = $2::uuid)
        ORDER BY p4.sort_key, p4.id
        LIMIT 4) p1) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $3::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $3::uuid
  AND k.id = $5::uuid) AS live

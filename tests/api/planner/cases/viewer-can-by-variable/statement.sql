SELECT convert_to('{"courses":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ','), '') || ']}'
    FROM (SELECT '{"viewerCan":[{"action":"CREATE","allowed":true},{"action":"WRITE","allowed":true},{"action":"DELETE","allowed":false}],"current":' || CASE WHEN c2.id IS NOT NULL THEN '{"viewerCan":[{"action":"CREATE","allowed":true,"reason":null},{"action":"WRITE","allowed":true,"reason":null},{"action":"DELETE","allowed":false,"reason":"ROLE"}]}' ELSE 'null'
      END || '}' AS o0
      FROM (SELECT c3.id, c3.sort_key
        FROM course c3
        WHERE c3.group_id = $1::uuid
        ORDER BY c3.sort_key, c3.id
        LIMIT 1) p1
      LEFT JOIN course_version c2 ON c2.group_id = $1::uuid
      AND c2.course_id = p1.id
      AND c2.status = 'PUBLISHED'
      ORDER BY p1.sort_key, p1.id) p HAVING TRUE) || ',"viewer":' || (SELECT '{"tenant":' || CASE WHEN t4.id IS NOT NULL THEN '{"viewerCan":[{"action":"CREATE","allowed":true,"reason":null},{"action":"WRITE","allowed":true,"reason":null},{"action":"DELETE","allowed":false,"reason":"ROLE"}]}' ELSE 'null'
    END || '}'
    FROM (VALUES (1)) v(one)
    LEFT JOIN tenant t4 ON t4.group_id = $1::uuid
    AND t4.id = $2::uuid) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ',') FILTER (WHERE p.n <= 4), '') || '],"pageInfo":{"hasNextPage":' || (count(*) > 4)::text || ',"hasPreviousPage":false,"endCursor":' || coalesce((array_agg(p.c) FILTER (WHERE p.n <= 4))[least(count(*), 4)::int], 'null') || '}}'
    FROM (SELECT p1.n, '{"displayName":' || to_json(p1.display_name)::text || ',"leftOn":' || coalesce('"' || p1.left_on::text || '"', 'null') || '}' AS o0, E'\U000000030:[' || coalesce(to_json(p1.left_on::text)::text, 'null') || ',' || coalesce(to_json(p1.sort_key::text)::text, 'null') || ',' || coalesce(to_json(p1.id::text)::text, 'null') || E']\U00000003' AS c
      FROM (SELECT p2.display_name, p2.id, p2.left_on, p2.sort_key, row_number() OVER (ORDER BY p2.left_on DESC NULLS LAST, p2.sort_key, p2.id) AS n
        FROM person p2
        WHERE p2.group_id = $1::uuid
        ORDER BY p2.left_on DESC NULLS LAST, p2.sort_key, p2.id
        LIMIT 5) p1
      ORDER BY p1.n) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

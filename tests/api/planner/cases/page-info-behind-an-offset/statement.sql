SELECT convert_to('{"people":' || (SELECT '{"pageInfo":{"hasNextPage":' || (count(*) > 2)::text || ',"hasPreviousPage":' || ($2::int > 0)::text || ',"startCursor":' || coalesce((array_agg(p.c) FILTER (WHERE p.n <= 2 + $2::int))[1], 'null') || ',"endCursor":' || coalesce((array_agg(p.c) FILTER (WHERE p.n <= 2 + $2::int))[least(count(*), 2)::int], 'null') || '},"nodes":[' || coalesce(string_agg(p.o0, ',') FILTER (WHERE p.n <= 2 + $2::int), '') || ']}'
    FROM (SELECT p1.n, '{"displayName":' || to_json(p1.display_name)::text || '}' AS o0, E'\U000000030:[' || coalesce(to_json(p1.sort_key::text)::text, 'null') || ',' || coalesce(to_json(p1.id::text)::text, 'null') || E']\U00000003' AS c
      FROM (SELECT p2.display_name, p2.id, p2.sort_key, row_number() OVER (ORDER BY p2.sort_key, p2.id) AS n
        FROM person p2
        WHERE p2.group_id = $1::uuid
        ORDER BY p2.sort_key, p2.id
        LIMIT 3 OFFSET $2::int) p1
      ORDER BY p1.n) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

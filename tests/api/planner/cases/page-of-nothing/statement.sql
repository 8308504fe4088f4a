SELECT convert_to('{"people":' || (SELECT '{"nodes":[' || coalesce(string_agg(p.o0, ',') FILTER (WHERE p.n <= 0), '') || '],"pageInfo":{"hasNextPage":' || (count(*) > 0)::text || ',"endCursor":' || coalesce((array_agg(p.c) FILTER (WHERE p.n <= 0))[least(count(*), 0)::int], 'null') || '},"totalCount":' || least((SELECT count(*)
        FROM (SELECT 1
          FROM person p3
          WHERE p3.group_id = $1::uuid
          LIMIT 10001) k), 10000)::text || ',"totalCountIsExact":' || ((SELECT count(*)
        FROM (SELECT 1
          FROM person p4
          WHERE p4.group_id = $1::uuid
          LIMIT 10001) k) <= 10000)::text || '}'
    FROM (SELECT p1.n, '{"id":"psn_' || replace(p1.id::text, '-', '') || '"}' AS o0, E'\U000000030:[' || coalesce(to_json(p1.sort_key::text)::text, 'null') || ',' || coalesce(to_json(p1.id::text)::text, 'null') || E']\U00000003' AS c
      FROM (SELECT p2.id, p2.sort_key, row_number() OVER (ORDER BY p2.sort_key, p2.id) AS n
        FROM person p2
        WHERE p2.group_id = $1::uuid
        ORDER BY p2.sort_key, p2.id
        LIMIT 1) p1
      ORDER BY p1.n) p HAVING TRUE) || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $2::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $3::uuid) AS live

SELECT convert_to(('{"people":' || (SELECT ('{"nodes":' || '[' || coalesce(string_agg(p."o.nodes", ','
            ORDER BY p.n) FILTER (WHERE p.n <= $2::int + coalesce($3::int, 0)), '') || ']' || ',"pageInfo":' || ('{"hasNextPage":' || (count(*) > $2::int)::text || ',"hasPreviousPage":' || (FALSE OR coalesce($3::int, 0) > 0)::text || ',"endCursor":' || coalesce((array_agg(p.c
                ORDER BY p.n DESC) FILTER (WHERE p.n <= $2::int + coalesce($3::int, 0)))[1], 'null') || '}') || '}')
      FROM (SELECT p1.n, ('{"displayName":' || to_json(p1.display_name)::text || ',"leftOn":' || coalesce('"' || p1.left_on::text || '"', 'null') || '}') AS "o.nodes", E'\x030:[' || coalesce(to_json(p1.left_on::text)::text, 'null') || ',' || coalesce(to_json(p1.sort_key::text)::text, 'null') || ',' || coalesce(to_json(p1.id::text)::text, 'null') || E']\x03' AS c
        FROM (SELECT p2.display_name, p2.id, p2.left_on, p2.sort_key, row_number() OVER (ORDER BY p2.left_on DESC NULLS LAST, p2.sort_key, p2.id) AS n
          FROM person p2
          WHERE p2.group_id = $1::uuid
          ORDER BY p2.left_on DESC NULLS LAST, p2.sort_key, p2.id
          LIMIT $2::int + 1 OFFSET coalesce($3::int, 0)) p1) p HAVING TRUE) || '}'), 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $4::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $5::uuid) AS live

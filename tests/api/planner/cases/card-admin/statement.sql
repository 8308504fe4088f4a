SELECT convert_to('{"person":' || coalesce((SELECT '{"id":' || CASE WHEN FALSE THEN '"psn_' || replace(p1.id::text, '-', '') || '"' ELSE 'null'
      END || ',"displayName":' || E'\x020\x02' || ',"stage":' || E'\x021\x02' || ',"hiredOn":' || E'\x022\x02' || ',"phone":' || E'\x023\x02' || ',"nationalId":' || E'\x024\x02' || ',"bankAccount":' || E'\x025\x02' || ',"tenant":' || E'\x026\x02' || ',"supervisor":' || E'\x027\x02' || ',"mentor":' || E'\x028\x02' || ',"learningPlans":' || E'\x029\x02' || '}'
      FROM person p1
      WHERE p1.group_id = $1::uuid
      AND p1.id = $2::uuid
      AND FALSE), 'null') || '}', 'UTF8') AS data, (SELECT h.version
  FROM policy_head h
  WHERE h.group_id = $1::uuid) AS head, (SELECT k.revoked_at IS NULL
  AND k.expires_at > $3::timestamptz
  FROM token k
  WHERE k.group_id = $1::uuid
  AND k.id = $4::uuid) AS live

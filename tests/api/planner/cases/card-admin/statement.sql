SELECT convert_to('{"person":' || coalesce((SELECT '{"id":' || CASE WHEN FALSE THEN '"psn_' || replace(p1.id::text, '-', '') || '"' ELSE 'null'
      END || ',"displayName":' || E'\U000000020\U00000002' || ',"stage":' || E'\U000000021\U00000002' || ',"hiredOn":' || E'\U000000022\U00000002' || ',"phone":' || E'\U000000023\U00000002' || ',"nationalId":' || E'\U000000024\U00000002' || ',"bankAccount":' || E'\U000000025\U00000002' || ',"tenant":' || E'\U000000026\U00000002' || ',"supervisor":' || E'\U000000027\U00000002' || ',"mentor":' || E'\U000000028\U00000002' || ',"learningPlans":' || E'\U000000029\U00000002' || '}'
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

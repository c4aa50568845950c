import { Type } from 'typebox';
import type { EndUser } from '../../compliance/regulatory/end-users.ts';
import { isoTime } from '../times.ts';

/** An end user (compliance.md §10.1). */
export const endUserObject = {
  end_user_id: Type.String(),
  name: Type.String(),
  last_name: Type.String(),
  end_user_type: Type.String(),
  created_at: Type.String(),
};

export const renderEndUser = ({ id, status, facts, createdAt }: EndUser) => ({
  end_user_id: id,
  name: facts.name,
  last_name: facts.lastName ?? '',
  end_user_type: status,
  created_at: isoTime(createdAt),
});

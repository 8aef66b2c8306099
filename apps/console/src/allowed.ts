import type { Scope } from '@gantry/contracts/http/api-key';
import { useQuery } from '@tanstack/react-query';
import { ACCOUNT, readAccount } from './api.ts';

/** Whether the key of this session has the scope; what it does not allow is not offered. */
export function useAllowed(scope: Scope): boolean {
  const { data } = useQuery({ queryKey: ACCOUNT, queryFn: ({ signal }) => readAccount(signal), staleTime: 60_000 });
  const scopes = data?.key.scopes ?? [];
  return scopes.includes(scope) || (scope !== 'operator' && scopes.includes('admin'));
}

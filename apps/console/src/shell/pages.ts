import type { Scope } from '@gantry/contracts/http/api-key';
import {
  IconBell,
  IconBolt,
  IconBox,
  IconChartBar,
  IconFiles,
  IconHistory,
  IconKey,
  IconPlayerPlay,
  IconServer,
  IconStack2,
  IconWebhook,
} from '@tabler/icons-react';

const READERS: readonly Scope[] = ['executions:read'];
const CONFIGURATION: readonly Scope[] = ['executions:read', 'assistants:write'];

/** The pages that one can go to, and the scopes of which one is needed; `admin` may everything. */
export const PAGES = [
  { to: '/', name: 'Overview', Icon: IconChartBar, scopes: READERS },
  { to: '/executions', name: 'Executions', Icon: IconPlayerPlay, scopes: READERS },
  { to: '/documents', name: 'Documents', Icon: IconFiles, scopes: READERS },
  { to: '/assistants', name: 'Assistants', Icon: IconBolt, scopes: CONFIGURATION },
  { to: '/modules', name: 'Modules', Icon: IconBox, scopes: CONFIGURATION },
  { to: '/runtimes', name: 'Runtimes', Icon: IconServer, scopes: READERS },
  { to: '/bulk', name: 'Bulk operations', Icon: IconStack2, scopes: READERS },
  { to: '/alerts', name: 'Alerts', Icon: IconBell, scopes: READERS },
  { to: '/webhooks', name: 'Webhooks', Icon: IconWebhook, scopes: READERS },
  { to: '/keys', name: 'API keys', Icon: IconKey, scopes: ['admin'] },
  { to: '/audit', name: 'Audit', Icon: IconHistory, scopes: ['admin'] },
] as const satisfies readonly { to: string; name: string; Icon: unknown; scopes: readonly Scope[] }[];

export function pagesFor(scopes: readonly string[]) {
  return PAGES.filter((page) => scopes.includes('admin') || page.scopes.some((scope) => scopes.includes(scope)));
}

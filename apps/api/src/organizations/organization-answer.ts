import type { Organization } from '@gantry/contracts/http/organization';
import type { Row } from '@gantry/record/schema/tables';

export function organizationAnswer({ id, slug, name, created_at }: Row<'organizations'>): Organization {
  return { id, slug, name, createdOn: created_at.toISOString() };
}

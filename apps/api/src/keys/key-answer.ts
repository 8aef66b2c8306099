import type { ApiKey } from '@gantry/contracts/http/api-key';
import type { Row } from '@gantry/record/schema/tables';

export function keyAnswer(row: Pick<Row<'api_keys'>, 'id' | 'name' | 'scopes' | 'created_at'>): ApiKey {
  return { id: row.id, name: row.name, scopes: row.scopes, createdOn: row.created_at.toISOString() };
}

import type { Alert, AlertInput, AlertUpdate } from '@gantry/contracts/http/alert';
import type { AuditEntry } from '@gantry/contracts/http/audit-entry';
import type { ModuleRuntime } from '@gantry/contracts/http/module-runtime';
import type { Overview } from '@gantry/contracts/http/overview';
import type { Project, ProjectInput, ProjectUpdate } from '@gantry/contracts/http/project';
import { Admin } from './resources/admin.ts';
import { Assistants } from './resources/assistants.ts';
import { BulkOperations } from './resources/bulk-operations.ts';
import { Collection, List } from './resources/collection.ts';
import { DocumentFamilies } from './resources/document-families.ts';
import { Events } from './resources/events.ts';
import { Executions } from './resources/executions.ts';
import { Keys } from './resources/keys.ts';
import { Modules } from './resources/modules.ts';
import { Rollups } from './resources/rollups.ts';
import { Secrets } from './resources/secrets.ts';
import { Stores } from './resources/stores.ts';
import { Webhooks } from './resources/webhooks.ts';
import { type CallOptions, Transport, type TransportOptions } from './transport.ts';

/**
 * The HTTP API of a Gantry. Calls that it cannot take at the moment (429, 503) are repeated after a pause, a bounded
 * number of times; every call takes an AbortSignal, and throws a GantryError when it does not succeed.
 */
export class GantryClient {
  /** Where the api is, as it was given. */
  readonly url: string;
  readonly events: Events;
  readonly executions: Executions;
  readonly bulkOperations: BulkOperations;
  readonly documentFamilies: DocumentFamilies;
  readonly assistants: Assistants;
  readonly projects: Collection<Project, ProjectInput, ProjectUpdate>;
  readonly modules: Modules;
  readonly stores: Stores;
  readonly keys: Keys;
  readonly secrets: Secrets;
  readonly rollups: Rollups;
  readonly admin: Admin;
  readonly webhooks: Webhooks;
  readonly alerts: Collection<Alert, AlertInput, AlertUpdate>;
  readonly moduleRuntimes: List<ModuleRuntime>;
  /** Who did what. */
  readonly audit: List<AuditEntry>;

  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    const transport = new Transport(options);
    this.#transport = transport;
    this.url = options.url;
    this.events = new Events(transport, '/api/events');
    this.executions = new Executions(transport, '/api/executions');
    this.bulkOperations = new BulkOperations(transport, '/api/bulk-operations');
    this.documentFamilies = new DocumentFamilies(transport, '/api/document-families');
    this.assistants = new Assistants(transport, '/api/assistants');
    this.projects = new Collection(transport, '/api/projects');
    this.modules = new Modules(transport, '/api/modules');
    this.stores = new Stores(transport, '/api/stores');
    this.keys = new Keys(transport, '/api/keys');
    this.secrets = new Secrets(transport, '/api/secrets');
    this.rollups = new Rollups(transport);
    this.admin = new Admin(transport);
    this.webhooks = new Webhooks(transport, '/api/webhooks');
    this.alerts = new Collection(transport, '/api/alerts');
    this.moduleRuntimes = new List(transport, '/api/module-runtimes');
    this.audit = new List(transport, '/api/audit');
  }

  /** How many executions there are in each status, and what waits. */
  overview({ signal }: CallOptions = {}): Promise<Overview> {
    return this.#transport.json({ path: '/api/overview', signal });
  }
}

import type { Json, JsonObject } from '@gantry/domain/json';
import { SECRET_NAME } from '@gantry/domain/secret-name';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { SecretMask } from './secret-mask.ts';
import type { SecretScope, SecretSource } from './secret-source.ts';

const REFERENCE = /\$\{secrets\.([^}]*)\}/g;
const MAX_SECRETS = 100;

/** The secrets that one attempt of a step has been given, and what keeps them out of all that it tells. */
export class StepSecrets {
  readonly mask = new SecretMask();
  readonly #source: SecretSource;
  readonly #scope: SecretScope;
  /** Each is asked for once, however often it is wanted meanwhile. */
  readonly #given = new Map<string, Promise<string>>();
  #away = false;

  constructor(source: SecretSource, scope: SecretScope) {
    this.#source = source;
    this.#scope = scope;
  }

  /** A secret could not be had because its source was away: not the step's fault. */
  get away(): boolean {
    return this.#away;
  }

  /** @throws ModuleError SECRET_NAME_INVALID, SECRET_NOT_FOUND, TOO_MANY_SECRETS, SECRETS_UNAVAILABLE */
  async get(name: unknown): Promise<string> {
    if (typeof name !== 'string' || !SECRET_NAME.test(name)) {
      throw new ModuleError('SECRET_NAME_INVALID', 'secrets: a name is of capitals, digits and _');
    }
    const given = this.#given.get(name);
    if (given !== undefined) return given;
    if (this.#given.size >= MAX_SECRETS) throw new ModuleError('TOO_MANY_SECRETS', 'secrets: too many in one step');
    const asked = this.#ask(name);
    this.#given.set(name, asked);
    // What was away or missing may be there when it is wanted again.
    asked.catch(() => this.#given.delete(name));
    return asked;
  }

  async #ask(name: string): Promise<string> {
    const value = await this.#find(name);
    if (value === undefined) {
      throw new ModuleError('SECRET_NOT_FOUND', `secrets: there is none of the name ${name} where this step runs`);
    }
    this.mask.add(value);
    return value;
  }

  async #find(name: string): Promise<string | undefined> {
    try {
      return await this.#source(name, this.#scope);
    } catch (error) {
      if (error instanceof ModuleError) throw error;
      this.#away = true;
      throw new ModuleError('SECRETS_UNAVAILABLE', `secrets: ${name} cannot be had at the moment: ${String(error)}`);
    }
  }

  /** Options with each `${secrets.NAME}` in their texts replaced. */
  async fill(options: JsonObject): Promise<JsonObject> {
    return refersToSecrets(options) ? ((await this.#fill(options)) as JsonObject) : options;
  }

  async #fill(value: Json): Promise<Json> {
    if (typeof value === 'string') return this.#fillText(value);
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.#fill(item)));
    if (typeof value !== 'object' || value === null) return value;
    const filled = Object.entries(value).map(async ([key, item]) => [key, await this.#fill(item)] as const);
    return Object.fromEntries(await Promise.all(filled));
  }

  async #fillText(text: string): Promise<string> {
    const names = [...text.matchAll(REFERENCE)].map(([, name]) => name);
    const values = await Promise.all(names.map((name) => this.get(name)));
    return text.replaceAll(REFERENCE, () => values.shift() ?? '');
  }
}

export function refersToSecrets(value: Json): boolean {
  if (typeof value === 'string') return value.includes('${secrets.');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(refersToSecrets);
}

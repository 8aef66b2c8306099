import type { Module } from '@gantry/contracts/http/module';
import { ModuleVersions } from './module-versions.tsx';
import { optionFields } from './option-field.ts';

/** What a module does, the options it takes, and its published versions. */
export function ModuleDetails({ module }: { module: Module }) {
  const { name, description, metadata, withdrawnOn } = module;
  const options = optionFields(module);
  return (
    <section aria-label={name}>
      {withdrawnOn !== null && (
        <p className="prose">All of its versions are withdrawn: no step gets it until one is published again.</p>
      )}
      {description !== null && description !== '' && <p className="prose">{description}</p>}
      {options.length === 0 ? (
        <p className="muted prose">It takes no options.</p>
      ) : (
        <div className="scroll-x inset">
          <table className="dense">
            <thead>
              <tr>
                <th>Option</th>
                <th>Takes</th>
                <th>What it does</th>
                <th>When left out</th>
              </tr>
            </thead>
            <tbody>
              {options.map((option) => (
                <tr key={option.name}>
                  <td className="mono nowrap">
                    {option.name}
                    {option.required && <span className="muted"> (required)</span>}
                  </td>
                  <td className="muted">{option.choices.join(' | ') || option.kind}</td>
                  <td>{option.description}</td>
                  <td className="mono muted broken">{option.standard}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {metadata.bundle !== undefined && <ModuleVersions module={module} />}
    </section>
  );
}

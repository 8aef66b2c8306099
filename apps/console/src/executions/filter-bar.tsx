import { ActionIcon, Combobox, Menu, TextInput, useCombobox } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBookmark, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { usePageKeys } from '../page-keys.ts';
import { statusWords } from '../status.tsx';
import { FilterChips } from './filter-chips.tsx';
import { completeFilter } from './filter-completion.ts';

const VALUES = { status: statusWords };

/** How the api words what is wrong, and where. */
const MISTAKE = /column (?<column>\d+): expected (?<expected>.*), found (?<found>.*)$/;

const MAX_SAVED = 20;

interface FilterBarProps {
  filter: string;
  onFilter: (filter: string) => void;
  /** Why the api refused the filter. */
  error: string | undefined;
}

/** A filter in Gantry's own language: completed as it is typed, its mistakes shown where they are. */
export function FilterBar({ filter, onFilter, error }: FilterBarProps) {
  const [text, setText] = useState(filter);
  const [caret, setCaret] = useState(filter.length);
  const [saved, setSaved] = useLocalStorage<string[]>({ key: 'gantry.saved-filters', defaultValue: [] });
  const input = useRef<HTMLInputElement>(null);
  const combobox = useCombobox();
  useEffect(() => setText(filter), [filter]);
  usePageKeys([['/', () => input.current?.focus()]]);

  const { from, options } = completeFilter(text, caret, VALUES);
  const take = (option: string) => {
    const head = `${text.slice(0, from)}${option} `;
    setText(head + text.slice(caret).trimStart());
    setCaret(head.length);
    input.current?.focus();
    requestAnimationFrame(() => input.current?.setSelectionRange(head.length, head.length));
  };
  const apply = (next: string) => {
    combobox.closeDropdown();
    onFilter(next.trim());
  };
  const mistake = MISTAKE.exec(error ?? '')?.groups;

  return (
    <div style={{ marginBottom: 10 }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply(text);
        }}
      >
        <Combobox store={combobox} onOptionSubmit={take} position="bottom-start" width={260}>
          <Combobox.Target>
            <TextInput
              ref={input}
              aria-label="Filter"
              aria-invalid={error !== undefined}
              error={error !== undefined}
              placeholder="Filter, such as status eq 'FAILED' and createdOn ge '2026-01-31'"
              leftSection={<IconSearch size={15} />}
              rightSectionWidth={62}
              rightSection={
                <>
                  <Menu position="bottom-end" width={320}>
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Saved filters">
                        <IconBookmark size={15} />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      {saved.map((each) => (
                        <Menu.Item key={each} className="mono" onClick={() => apply(each)}>
                          {each}
                        </Menu.Item>
                      ))}
                      {filter !== '' && !saved.includes(filter) ? (
                        <Menu.Item onClick={() => setSaved([filter, ...saved].slice(0, MAX_SAVED))}>
                          Save this filter
                        </Menu.Item>
                      ) : (
                        saved.length === 0 && <Menu.Label>Filter first, then save it here.</Menu.Label>
                      )}
                      {saved.includes(filter) && (
                        <Menu.Item onClick={() => setSaved(saved.filter((each) => each !== filter))}>
                          Forget this filter
                        </Menu.Item>
                      )}
                    </Menu.Dropdown>
                  </Menu>
                  {text !== '' && (
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size="sm"
                      aria-label="No filter"
                      onClick={() => apply('')}
                    >
                      <IconX size={15} />
                    </ActionIcon>
                  )}
                </>
              }
              classNames={{ input: 'mono' }}
              value={text}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => {
                setText(event.currentTarget.value);
                setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
                combobox.openDropdown();
                combobox.resetSelectedOption();
              }}
              onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
              onBlur={() => combobox.closeDropdown()}
              onKeyDown={(event) => {
                if (event.key === 'Tab' && combobox.dropdownOpened && options[0] !== undefined) {
                  event.preventDefault();
                  take(options[0]);
                }
              }}
            />
          </Combobox.Target>
          <Combobox.Dropdown hidden={options.length === 0}>
            <Combobox.Options aria-label="Completions">
              {options.map((option) => (
                <Combobox.Option key={option} value={option} className="mono">
                  {option}
                </Combobox.Option>
              ))}
            </Combobox.Options>
          </Combobox.Dropdown>
        </Combobox>
        {error !== undefined && (
          <p role="alert" className="filter-error mono">
            {mistake && `${' '.repeat(Number(mistake['column']) - 1)}^ ${mistake['found']}\n`}
            <span className="muted">{mistake ? `expected ${mistake['expected']}` : error}</span>
          </p>
        )}
      </form>
      <FilterChips filter={filter} onFilter={apply} />
    </div>
  );
}

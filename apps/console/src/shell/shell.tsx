import { GantryError } from '@gantry/client/gantry-error';
import {
  ActionIcon,
  AppShell,
  Burger,
  Center,
  Group,
  Loader,
  Menu,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconKey, IconLogout, IconMoon, IconSearch, IconSun, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { ACCOUNT, queries, readAccount, signOut } from '../api.ts';
import { UploadsProvider } from '../documents/uploads-provider.tsx';
import { Problem } from '../problem.tsx';
import mark from './mark.svg';
import { pagesFor } from './pages.ts';
import { SignIn } from './sign-in.tsx';
import { UploadsLink } from './uploads-link.tsx';

const Palette = lazy(() => import('./palette.tsx').then(({ Palette: of }) => ({ default: of })));
const KeyboardHelp = lazy(() => import('./keyboard-help.tsx').then(({ KeyboardHelp: of }) => ({ default: of })));

const AWAY_MS = 3_000;
const HERE_MS = 15_000;

/** What surrounds every page: who is signed in, where one can go, and whether Gantry answers. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const [over, setOver] = useState<'palette' | 'help'>();
  useHotkeys([
    ['mod+K', () => setOver('palette')],
    ['shift+?', () => setOver('help')],
    ['?', () => setOver('help')],
  ]);
  const account = useQuery({
    queryKey: ACCOUNT,
    queryFn: ({ signal }) => readAccount(signal),
    // Who is not signed in is left alone with the form.
    refetchInterval: ({ state }) => (state.error === null ? HERE_MS : !isSignedOut(state.error) && AWAY_MS),
    refetchOnWindowFocus: ({ state }) => !isSignedOut(state.error),
  });
  const main = useRef<HTMLElement>(null);
  useFocusOnPage(main);
  const away = account.isError;
  useEffect(() => {
    if (!away) return;
    // Back again: what could not be read meanwhile is.
    return () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== ACCOUNT[0] });
  }, [away]);
  if (isSignedOut(account.error)) return <SignIn />;
  if (account.data === undefined) {
    return (
      <Center component="main" mih="60vh">
        {account.error ? <Problem error={account.error} /> : <Loader size="sm" aria-label="Loading" />}
      </Center>
    );
  }
  const { key, organization } = account.data;
  const pages = pagesFor(key.scopes);
  return (
    <UploadsProvider>
      <AppShell
        header={{ height: 46 }}
        navbar={{ width: 196, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding="md"
        styles={{
          header: { background: 'var(--panel)', borderColor: 'var(--line)' },
          navbar: { background: 'var(--panel)', borderColor: 'var(--line)' },
        }}
      >
        <AppShell.Header>
          <button type="button" className="skip" onClick={() => main.current?.focus()}>
            Skip to the content
          </button>
          <Group h="100%" px="md" gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Link to="/" className="plain" style={{ display: 'flex', alignItems: 'center', gap: 9, fontWeight: 650 }}>
              <img src={mark} width={22} height={22} alt="" />
              Gantry
            </Link>
            <span className="muted clip grow" title={organization.name}>
              {organization.name}
            </span>
            <UploadsLink />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Go to"
              title="Ctrl K"
              onClick={() => setOver('palette')}
            >
              <IconSearch size={17} />
            </ActionIcon>
            <ThemeSwitch />
            <Menu position="bottom-end" width={220}>
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label="Account">
                  <IconUser size={17} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>
                  <IconKey size={12} /> {key.name} ({key.scopes.join(', ')})
                </Menu.Label>
                <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void signOut()}>
                  Sign out
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p={8}>
          {pages.map(({ to, name, Icon }) => (
            <Link key={to} to={to} className="nav-link" activeOptions={{ exact: to === '/' }} onClick={close}>
              <Icon size={16} stroke={1.7} />
              {name}
            </Link>
          ))}
          <span className="grow" />
          <a className="nav-link" href="/api/docs">
            API reference
          </a>
          {key.scopes.includes('operator') && (
            <a className="nav-link" href="/admin/queues">
              Queues
            </a>
          )}
        </AppShell.Navbar>
        <AppShell.Main ref={main} tabIndex={-1}>
          {away && (
            <div role="status" className="panel" style={{ padding: '8px 14px', marginBottom: 12 }} data-tone="wait">
              <span className="toned">Gantry does not answer.</span> What is shown may be old; this page goes on by
              itself.
            </div>
          )}
          <Outlet />
        </AppShell.Main>
        <Suspense>
          {over === 'palette' && <Palette pages={pages} onClose={() => setOver(undefined)} />}
          {over === 'help' && <KeyboardHelp onClose={() => setOver(undefined)} />}
        </Suspense>
      </AppShell>
    </UploadsProvider>
  );
}

/** Whoever went to another page by keyboard goes on there, and a screen reader is told of it. */
function useFocusOnPage(main: RefObject<HTMLElement | null>): void {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path, main]);
}

function isSignedOut(error: Error | null): boolean {
  return error instanceof GantryError && error.code === 'UNAUTHORIZED';
}

function ThemeSwitch() {
  const { toggleColorScheme } = useMantineColorScheme();
  const colorScheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={colorScheme === 'dark' ? 'Light theme' : 'Dark theme'}
      onClick={toggleColorScheme}
    >
      {colorScheme === 'dark' ? <IconSun size={17} /> : <IconMoon size={17} />}
    </ActionIcon>
  );
}

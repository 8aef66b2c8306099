import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ACCOUNT, queries, signIn } from '../api.ts';
import mark from './mark.svg';

/** Shown in place of any page to who is not signed in; the page comes back afterwards. */
export function SignIn() {
  const [key, setKey] = useState('');
  const entering = useMutation({
    mutationFn: signIn,
    onSuccess: () => {
      leaveSignIn();
      return queries.resetQueries({ queryKey: ACCOUNT });
    },
  });
  const token = useRef(new URLSearchParams(window.location.hash.slice(1)).get('token'));
  const { mutate } = entering;
  useEffect(() => {
    const link = token.current;
    token.current = null;
    if (link !== null) mutate({ token: link });
  }, [mutate]);

  return (
    <main style={{ display: 'grid', placeItems: 'center', minHeight: '90vh', padding: 16 }}>
      <form
        className="panel"
        style={{ width: '100%', maxWidth: 360, padding: 28 }}
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ key });
        }}
      >
        <Stack gap="md">
          <img src={mark} width={36} height={36} alt="" />
          <div>
            <h1 style={{ margin: 0, fontSize: '1.25rem' }}>Sign in to Gantry</h1>
            <p className="muted" style={{ margin: '4px 0 0' }}>
              With an API key of your organization. <code>npm start</code> prints one, and a link that does it for you.
            </p>
          </div>
          <PasswordInput
            label="API key"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={entering.error?.message}
            autoComplete="current-password"
            required
            data-autofocus
          />
          <Button type="submit" loading={entering.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </main>
  );
}

/** The token does not stay in the address; who came from another page goes back there. */
function leaveSignIn(): void {
  const { pathname, search } = window.location;
  if (pathname !== '/sign-in') return;
  const next = new URLSearchParams(search).get('next') ?? '/';
  window.location.replace(/^\/(?!\/|\\)/.test(next) ? next : '/');
}

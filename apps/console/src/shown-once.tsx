import { Button, Code, CopyButton, Group } from '@mantine/core';

/** A secret that cannot be looked up again, and the way to take it along. */
export function ShownOnce({ secret }: { secret: string }) {
  return (
    <Group gap="xs" wrap="nowrap" mt={6}>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {secret}
      </Code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button size="compact-sm" variant="default" onClick={copy} miw="max-content">
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}

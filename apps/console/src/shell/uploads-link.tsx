import { IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { isPending, useUploads } from '../documents/uploads-provider.tsx';

/** How far uploads are while some are under way or have failed; leads to them. */
export function UploadsLink() {
  const { sent } = useUploads();
  if (!sent.some((file) => isPending(file) || file.state === 'failed')) return null;
  const done = sent.filter(({ state }) => state === 'done').length;
  const text = `${done} of ${sent.length} uploaded`;
  return (
    <Link to="/documents" className="link nowrap" aria-label={text} title={text}>
      <IconUpload size={15} style={{ verticalAlign: 'text-bottom' }} /> {done}/{sent.length}
    </Link>
  );
}

import { useNavigate } from '@tanstack/react-router';
import { api, queries } from '../api.ts';
import { NewInProject } from '../new-in-project.tsx';

/** Makes an assistant that is not active yet: what it hears and runs is said on its page. */
export function NewAssistant({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const make = async ({ name, projectId }: { name: string; projectId: string }) => {
    const { id } = await api.assistants.create(projectId, { name, active: false, subscription: 'CONTENT_CREATED' });
    await queries.invalidateQueries({ queryKey: ['assistant-list'] });
    await navigate({ to: '/assistants/$id', params: { id } });
  };
  return (
    <NewInProject title="New assistant" placeholder="Invoices" make={make} onClose={onClose}>
      <p className="muted" style={{ margin: 0 }}>
        It runs nothing until it has steps and is switched on; without stores it hears of all documents of its project.
      </p>
    </NewInProject>
  );
}

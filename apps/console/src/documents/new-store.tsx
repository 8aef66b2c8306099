import { api, queries } from '../api.ts';
import { NewInProject } from '../new-in-project.tsx';

interface NewStoreProps {
  onMade: (storeRef: string) => void;
  onClose: () => void;
}

/** Makes a store: where documents are kept, and what assistants hear of. */
export function NewStore({ onMade, onClose }: NewStoreProps) {
  const make = async (named: { name: string; projectId: string }) => {
    const { storeRef } = await api.stores.create(named);
    await queries.invalidateQueries({ queryKey: ['stores'] });
    onMade(storeRef);
  };
  return <NewInProject title="New store" placeholder="Inbox" make={make} onClose={onClose} />;
}

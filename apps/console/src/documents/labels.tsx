import { TagsInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, queries } from '../api.ts';
import { Problem } from '../problem.tsx';

interface LabelsProps {
  familyId: string;
  labels: readonly string[];
}

/** The labels of a document family, each given and taken at once. */
export function Labels({ familyId, labels }: LabelsProps) {
  const change = useMutation({
    mutationFn: async (wanted: readonly string[]) => {
      for (const label of wanted) if (!labels.includes(label)) await api.documentFamilies.label(familyId, label);
      for (const label of labels) if (!wanted.includes(label)) await api.documentFamilies.unlabel(familyId, label);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['family', familyId] }),
  });
  const shown = change.isPending ? change.variables : labels;
  return (
    <>
      <TagsInput
        size="xs"
        aria-label="Labels"
        placeholder={shown.length === 0 ? 'Add a label' : '+'}
        miw="14rem"
        value={[...shown]}
        onChange={(next) => change.mutate(next)}
      />
      {change.error && <Problem error={change.error} />}
    </>
  );
}

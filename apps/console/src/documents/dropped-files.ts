import { useEffect, useEffectEvent, useState } from 'react';

/**
 * Takes files that are dropped anywhere on the page: beside a place of their own a browser would leave the page for them.
 * @returns whether some are held over it
 */
export function useDroppedFiles(take: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const onDrop = useEffectEvent(take);
  useEffect(() => {
    const hold = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(event.type !== 'drop');
      if (event.type === 'drop') onDrop([...event.dataTransfer.files]);
    };
    const leave = ({ relatedTarget }: DragEvent) => relatedTarget === null && setOver(false);
    window.addEventListener('dragover', hold);
    window.addEventListener('drop', hold);
    window.addEventListener('dragleave', leave);
    return () => {
      window.removeEventListener('dragover', hold);
      window.removeEventListener('drop', hold);
      window.removeEventListener('dragleave', leave);
    };
  }, []);
  return over;
}

import { Kbd, Modal } from '@mantine/core';

const KEYS = [
  ['Ctrl K', 'go to a page, an assistant, an id'],
  ['/', 'filter the list'],
  ['j  k', 'the next and the one before'],
  ['Enter', 'open it'],
  ['x', 'choose it'],
  ['?', 'this help'],
] as const;

export function KeyboardHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" centered>
      <table className="dense">
        <tbody>
          {KEYS.map(([keys, meaning]) => (
            <tr key={keys}>
              <td className="nowrap">
                <Kbd>{keys}</Kbd>
              </td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}

/** Slots of a Redis Cluster. */
const SLOTS = 16_384;

const HASH_TAG = /\{([^}]+)\}/;

/** What of a key decides which slot of a Redis Cluster it is in; undefined where all of it does. */
export function hashTagOf(key: string): string | undefined {
  return HASH_TAG.exec(key)?.[1];
}

/** The slot of keys with this hash tag: CRC16 as XMODEM has it. */
export function slotOf(tag: string): number {
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % SLOTS;
}

/** Where among equal shares of all slots one is, from 0 on. */
export function shareOf(slot: number, shares: number): number {
  return Math.floor((slot * shares) / SLOTS);
}

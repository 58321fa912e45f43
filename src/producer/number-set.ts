/** Numbers that were seen already. */
export interface NumberSet {
  /** Adds a number in the provider's form; false where it was there before. */
  add(number: string): boolean;
}

/** Numbers that differ in their last seven digits only (in Turkey: those of one operator's prefix) share a table; what is stored of each fits 32 bits. */
const tableSpan = 10_000_000;

/**
 * A set of numbers that takes at most eleven bytes for each, and four for each of ten million: a Set of texts would take a hundred.
 */
export function createNumberSet(): NumberSet {
  const tables = new Map<number, Table>();
  return {
    add(number) {
      const value = Number(number);
      const beginning = Math.floor(value / tableSpan);
      let add = tables.get(beginning);
      if (add === undefined) {
        add = createTable();
        tables.set(beginning, add);
      }
      // From 1 on: 0 is an empty slot.
      return add((value % tableSpan) + 1);
    },
  };
}

/** What adds an entry from 1 to `tableSpan`, and tells whether it is new. */
type Table = (entry: number) => boolean;

const smallestBits = 4;

/** Growing at three quarters keeps the search for a slot short. */
const fullest = 0.75;

/** A hash table with open addressing that turns into a bitmap as soon as that is the smaller of the two. */
function createTable(): Table {
  let bits = smallestBits;
  let slots = new Uint32Array(2 ** bits);
  let count = 0;
  let bitmap: Table | undefined;

  /** The slot of an entry, or the empty one where it belongs. */
  const slotOf = (entry: number): number => {
    // Fibonacci hashing: numbers in a row go to places far from each other.
    let slot = Math.imul(entry, 0x9e3779b1) >>> (32 - bits);
    while (slots[slot] !== 0 && slots[slot] !== entry) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const grow = (): void => {
    const before = slots.filter((entry) => entry !== 0);
    bits += 1;
    if (2 ** bits * Uint32Array.BYTES_PER_ELEMENT > bitmapBytes) {
      slots = new Uint32Array(0);
      bitmap = createBitmap(before);
      return;
    }
    slots = new Uint32Array(2 ** bits);
    for (const entry of before) slots[slotOf(entry)] = entry;
  };

  return (entry) => {
    if (bitmap) return bitmap(entry);
    const slot = slotOf(entry);
    if (slots[slot] === entry) return false;
    slots[slot] = entry;
    count += 1;
    if (count > slots.length * fullest) grow();
    return true;
  };
}

const bitmapBytes = Math.ceil((tableSpan + 1) / 8);

/** A bit for each entry that there can be. */
function createBitmap(entries: Iterable<number>): Table {
  const bytes = new Uint8Array(bitmapBytes);
  const add: Table = (entry) => {
    const index = entry >>> 3;
    const byte = bytes[index] ?? 0;
    const bit = 1 << (entry & 7);
    bytes[index] = byte | bit;
    return (byte & bit) === 0;
  };
  for (const entry of entries) add(entry);
  return add;
}

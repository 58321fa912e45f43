/** Numbers that were seen already. */
export interface NumberSet {
  /** Adds a number in the provider's form; false where it was there before. */
  add(number: string): boolean;
}

/** Numbers that differ in their last seven digits only (in Turkey: those of one operator's prefix) share a table; what is stored of each fits 32 bits. */
const tableSpan = 10_000_000;

/**
 * A set of numbers that takes some ten bytes for each: a Set of texts would take a hundred, and a list may have
 * ten million.
 */
export function createNumberSet(): NumberSet {
  const tables = new Map<number, (entry: number) => boolean>();
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

const smallestBits = 4;

/** Growing at three quarters keeps the search for a slot short. */
const fullest = 0.75;

/** A hash table with open addressing. What it returns adds an entry, and tells whether it is new. */
function createTable(): (entry: number) => boolean {
  let bits = smallestBits;
  let slots = new Uint32Array(2 ** bits);
  let count = 0;

  /** The slot of an entry, or the empty one where it belongs. */
  const slotOf = (entry: number): number => {
    // Fibonacci hashing: numbers in a row go to places far from each other.
    let slot = Math.imul(entry, 0x9e3779b1) >>> (32 - bits);
    while (slots[slot] !== 0 && slots[slot] !== entry) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const grow = (): void => {
    const before = slots;
    bits += 1;
    slots = new Uint32Array(2 ** bits);
    for (const entry of before) if (entry !== 0) slots[slotOf(entry)] = entry;
  };

  return (entry) => {
    const slot = slotOf(entry);
    if (slots[slot] === entry) return false;
    slots[slot] = entry;
    count += 1;
    if (count > slots.length * fullest) grow();
    return true;
  };
}

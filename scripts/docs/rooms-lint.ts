import { guardedPackages, type Room, rooms, topRoom } from '../rooms.ts';

const roomNames = [...rooms.map(({ name }) => name), topRoom.name];

/** biome.rooms.json: which room may import which, and which packages; biome.json extends it. */
export function renderRoomsLint(): string {
  return `${JSON.stringify({ overrides: rooms.map(override) }, null, 2)}\n`;
}

function override(room: Room): unknown {
  const { name, imports, packages } = room;
  const see = 'see docs/architecture.md';
  const closed = roomNames.filter((other) => other !== name && !imports.includes(other));
  const openFiles = imports.filter((path) => path.includes('/'));
  const paths = Object.fromEntries(
    guardedPackages
      .filter((one) => !packages.includes(one))
      .map((one) => [one, `src/${name} stays free of ${one}; ${see}`]),
  );
  const group = [...closed.map((other) => `**/${other}/**`), ...openFiles.map((path) => `!**/${path}`)];
  const message = `src/${name} may import only: ${['itself', ...imports].join(', ')}; ${see}`;
  return {
    includes: [`src/${name}/**`],
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: 'error',
            options: { paths, patterns: [{ group, message }] },
          },
        },
      },
    },
  };
}

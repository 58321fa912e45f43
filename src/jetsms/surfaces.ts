import type { SurfaceName } from '../message/surface.ts';
import type { Surface } from './surface.ts';
import { webServiceSurface } from './web-service/surface.ts';
import { xmlSurface } from './xml/surface.ts';

/**
 * Every surface by its name. A new one has a folder of its own and a line here; its name in `src/message/surface.ts`
 * makes the compiler ask for both.
 */
export const surfaces: Readonly<Record<SurfaceName, Surface>> = {
  xml: xmlSurface,
  'web-service': webServiceSurface,
};

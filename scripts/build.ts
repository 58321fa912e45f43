// `npm run build`: both packages, as they are published.
import { buildDelivery, buildProducer } from './packages/packages.ts';

await buildProducer();
await buildDelivery();

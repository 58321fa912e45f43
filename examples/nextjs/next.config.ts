import type { NextConfig } from 'next';

// Loaded by Node as it is installed, not bundled.
const config: NextConfig = { serverExternalPackages: ['jetsms-producer'] };

export default config;

// For PM2: `pm2 start ecosystem.config.cjs`, then `pm2 save`. More: docs/deployment.md, "A server with PM2".
// The package is in /opt/jetsms/current, settings in /etc/jetsms/jetsms.env, secrets in /etc/jetsms/secrets; set JETSMS_APP and
// JETSMS_ETC where they are elsewhere. The user that PM2 runs as must be able to read the secrets.
'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parseEnv } = require('node:util');

const app = process.env.JETSMS_APP ?? '/opt/jetsms/current/node_modules/jetsms-delivery';
const etc = process.env.JETSMS_ETC ?? '/etc/jetsms';
const settings = parseEnv(readFileSync(join(etc, 'jetsms.env'), 'utf8'));
const secret = (name) => join(etc, 'secrets', name);

const common = {
  script: join(app, 'dist/cli/main.js'),
  // Each worker is a process of its own; PM2's cluster would share ports, of which the queue has no need.
  exec_mode: 'fork',
  // PM2 says SIGINT, which ends a process as softly as SIGTERM does. Longer than JETSMS_SHUTDOWN_TIMEOUT_MS: requests under
  // way get their answer. PM2's own limit, 1.6 seconds, would kill them.
  kill_timeout: 45_000,
  // They do not tell PM2 when they are ready; /readyz tells everybody.
  wait_ready: false,
  autorestart: true,
  // Redis may be away for long: it is tried again for ever, after pauses that grow to 15 seconds.
  exp_backoff_restart_delay: 1_000,
  // Settings that cannot be used do not become better by trying again.
  stop_exit_codes: [2],
  max_memory_restart: '1G',
  // A line of the log is JSON and has its time.
  time: false,
  merge_logs: true,
};

module.exports = {
  apps: [
    {
      ...common,
      name: 'jetsms-worker',
      args: 'start',
      // More than one: each needs a port for its pages, counted up from this one.
      instances: 1,
      increment_var: 'JETSMS_HEALTH_PORT',
      env: {
        NODE_ENV: 'production',
        JETSMS_SHUTDOWN_TIMEOUT_MS: '35000',
        JETSMS_HEALTH_PORT: 9464,
        JETSMS_REDIS_URL_FILE: secret('redis-url-worker'),
        JETSMS_PASSWORD_FILE: secret('jetsms-password'),
        ...settings,
      },
    },
    // Take out what you do not use, or start one alone: `pm2 start ecosystem.config.cjs --only jetsms-worker`.
    {
      ...common,
      name: 'jetsms-gateway',
      args: 'gateway',
      env: {
        NODE_ENV: 'production',
        JETSMS_SHUTDOWN_TIMEOUT_MS: '35000',
        JETSMS_HEALTH_PORT: '9467',
        JETSMS_REDIS_URL_FILE: secret('redis-url-gateway'),
        ...settings,
      },
    },
    {
      ...common,
      name: 'jetsms-dashboard',
      args: 'dashboard',
      env: {
        NODE_ENV: 'production',
        JETSMS_DASHBOARD_USERNAME: 'operator',
        JETSMS_DASHBOARD_PASSWORD_FILE: secret('dashboard-password'),
        JETSMS_REDIS_URL_FILE: secret('redis-url-dashboard'),
        ...settings,
      },
    },
  ],
};

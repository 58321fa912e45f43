-- A table of the app's own. A row is written in the transaction of what it tells of; after that only the relay changes it.
CREATE TABLE sms_outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT now(),
  recipient text NOT NULL,
  body text NOT NULL,
  message_id text, -- once it is enqueued: its name in status(), cancel() and the events
  problem text -- where it can never be sent: the error code
);

-- Holds what waits and nothing else, so that finding it costs the same however long the table grows.
CREATE INDEX sms_outbox_waiting ON sms_outbox (created_at) WHERE message_id IS NULL AND problem IS NULL;

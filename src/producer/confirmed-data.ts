import type { Confirmation } from '../queue/confirmation.ts';
import type { CancelSteps } from '../status/cancel.ts';
import type { Place } from '../status/place.ts';
import type { RescheduleSteps } from '../status/reschedule.ts';
import type { StoredData, StoredMessages } from './stored-data.ts';

/**
 * The same data, where replicas must have what was written before a caller is told of it. What an earlier call has written
 * may not have been confirmed: so what a caller is told because of it is asked about too. `addJob` asks by itself, in its own
 * round trip.
 */
export function confirmedData(data: StoredData, confirmation: Confirmation): StoredData {
  return {
    addJob: (newJob) => data.addJob(newJob),
    async claimOf(account, name) {
      const held = await data.claimOf(account, name);
      if (held !== null) await confirmation.behind(account);
      return held;
    },
    keepMedium: (account, medium) => confirmation.of(account, () => data.keepMedium(account, medium)),
    countCampaignJob: (name, job) => confirmation.of(name.account, () => data.countCampaignJob(name, job)),
    closeCampaign: (name) => confirmation.of(name.account, () => data.closeCampaign(name)),
    readCampaign: (name) => data.readCampaign(name),
    setCampaignState: (name, state) =>
      confirmation.of(name.account, () => data.setCampaignState(name, state)),
    messagesOf: (account, look) => confirmedMessages(account, data.messagesOf(account, look), confirmation),
  };
}

function confirmedMessages(
  account: string,
  messages: StoredMessages,
  confirmation: Confirmation,
): StoredMessages {
  const locating =
    (locate: (id: string) => Promise<Place>) =>
    async (id: string): Promise<Place> => {
      const place = await locate(id);
      if (place.kind !== 'open' && place.kind !== 'unknown') await confirmation.behind(account);
      return place;
    };
  return {
    locate: (id) => messages.locate(id),
    cancelling(shownInEvents): CancelSteps {
      const steps = messages.cancelling(shownInEvents);
      return {
        locate: locating(steps.locate),
        callOff: (place) => confirmation.of(account, () => steps.callOff(place)),
      };
    },
    rescheduling(nameOfKey): RescheduleSteps {
      const steps = messages.rescheduling(nameOfKey);
      return {
        locate: steps.locate,
        move: (place, moved) => confirmation.of(account, () => steps.move(place, moved)),
      };
    },
  };
}

/**
 * `carelet wearable code`: a clinic's cloudlet shows a code that one wearable may be paired with.
 *
 * @module
 */
import { connectCloudlet } from '@carelet/client/login';
import { pairingLifetime } from '@carelet/crypto/session/pairing';
import { cloudletOf } from '../../cloudlets.ts';
import { command, common, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { note, say } from '../../terminal.ts';

export const wearableCode = command({
  name: 'wearable code',
  group: 'wearables',
  summary: "ask a clinic's cloudlet for a code that pairs one wearable",
  options: {
    ...common.as('the clinic or an administrator'),
    at: { type: 'text', value: 'clinic', says: 'whose cloudlet, by name' },
    cloudlet: { type: 'text', value: 'url', says: 'where the cloudlet is, of a clinic that has several' },
    ...common.town,
    ...common.keyrings,
  },
  more: `The code is for one wearable, once, within ten minutes. It holds a secret that only the wearable and the cloudlet will know: show it to the patient and to nobody else.`,
  examples: ['carelet wearable code --as harbour --at harbour'],
  async run({ options, io }) {
    const { at, cloudlet } = options;
    if ((at === undefined) === (cloudlet === undefined)) throw new UsageError('--at or --cloudlet: which cloudlet should show a code?');
    await using person = await enter(io, options, { op: 'pair wearable', kinds: ['organisation', 'administrator'] });
    const { url, organisation } = at === undefined ? { url: cloudlet!, organisation: cloudlet! } : cloudletOf(person.town, at);
    const { code } = await connectCloudlet(url, person.keyring, io.clock).sessions.pair();
    await person.keep();
    say(io, code);
    note(
      io,
      `For one wearable at ${organisation}, within ${pairingLifetime / 60} minutes: carelet wearable pair --as <patient> --code <code>`,
    );
    return 0;
  },
});

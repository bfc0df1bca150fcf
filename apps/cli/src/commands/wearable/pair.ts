/**
 * `carelet wearable pair`: a patient makes a wearable hers.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { connectCloudlet } from '@carelet/client/login';
import { pairDevice } from '@carelet/client/session/pair';
import { mathematicsInThreads } from '@carelet/client/threads';
import { parsePairingCode } from '@carelet/crypto/session/pairing';
import { cloudletThatShowed } from '../../cloudlets.ts';
import { command, common } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';
import { placeForWearable } from '../../wearables.ts';

export const wearablePair = command({
  name: 'wearable pair',
  group: 'wearables',
  summary: 'make a wearable yours, with the code your clinic showed',
  options: {
    ...common.as('the patient'),
    code: { type: 'text', value: 'code', says: 'the code, whole; case and hyphens do not matter', required: true },
    name: { type: 'text', value: 'name', says: 'a short name for it (usual: <patient>-watch)' },
    cloudlet: { type: 'text', value: 'url', says: 'where its cloudlet is (usual: the one of this town that showed the code)' },
    ...common.town,
    ...common.keyrings,
  },
  more: `What costs a wearable too much is done here: its keys are made, those of its day trees for this month and the next are handed to it, and the locks for you and for the clinic's doctors are laid a week ahead. The wearable is a locked file beside the keyrings; its passphrase comes as a keyring's does.`,
  examples: ['carelet wearable pair --as ada --code 04GTQ-…'],
  async run({ options, io }) {
    const pairing = parsePairingCode(options.code);
    if (!pairing) throw new CareletError('invalid', 'pair wearable', { because: 'this is no pairing code; was it typed whole?' });
    await using person = await enter(io, options, { op: 'pair wearable', kinds: ['patient'], writes: true });
    const { keyring, cloud, town } = person;
    const name = options.name ?? `${keyring.name}-watch`;
    const put = await placeForWearable(io, options, name);
    const address = options.cloudlet ?? (await cloudletThatShowed(town, pairing, Math.floor(io.clock() / 1000))).url;
    await using mathematics = mathematicsInThreads();
    const cloudlet = connectCloudlet(address, keyring, io.clock);
    const wearable = await pairDevice({ keyring, cloud, cloudlet, mathematics, clock: io.clock }, { name, code: options.code, address });
    const path = await put(wearable);
    await person.save();
    say(io, `${name} is ${keyring.title}'s: ${path}`);
    say(io, `Let it measure: carelet wearable run --name ${name} --for 5m`);
    return 0;
  },
});

/**
 * `carelet wearable pair`: a patient makes a wearable hers.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { connectCloudlet } from '@carelet/client/login';
import { pairDevice, pairFurther } from '@carelet/client/session/pair';
import { mathematicsInThreads } from '@carelet/client/threads';
import { parsePairingCode } from '@carelet/crypto/session/pairing';
import { cloudletThatShowed } from '../../cloudlets.ts';
import { command, common, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { say } from '../../terminal.ts';
import { nameShape, placeForWearable, wear } from '../../wearables.ts';

export const wearablePair = command({
  name: 'wearable pair',
  group: 'wearables',
  summary: 'make a wearable yours, with the code your clinic showed',
  options: {
    ...common.as('the patient'),
    code: { type: 'text', value: 'code', says: 'the code, whole; case and hyphens do not matter', required: true },
    name: { type: 'text', value: 'name', says: 'a short name for it (usual: <patient>-watch)' },
    also: { type: 'text', value: 'name', says: 'a wearable of yours that gets a further cloudlet of the same clinic' },
    called: { type: 'text', value: 'name', says: 'what you call this cloudlet, as in home or ward (usual: a number)' },
    cloudlet: { type: 'text', value: 'url', says: 'where its cloudlet is (usual: the one of this town that showed the code)' },
    ...common.town,
    ...common.keyrings,
  },
  more: `What costs a wearable too much is done here: its keys are made, those of its day trees for this month and the next are handed to it, and the locks for you and for the clinic's doctors are laid a week ahead. The wearable is a locked file beside the keyrings; its passphrase comes as a keyring's does.

A wearable that meets several cloudlets of its clinic, one at home and one on the ward, is paired with each: with --also it stays the same wearable, and what is urgent goes by all that are there. Taking it out at one of them ends it there only.`,
  examples: [
    'carelet wearable pair --as ada --code 04GTQ-…',
    'carelet wearable pair --as ada --code 04GTQ-… --also ada-watch --called ward',
  ],
  async run({ options, io }) {
    const pairing = parsePairingCode(options.code);
    if (!pairing) throw new CareletError('invalid', 'pair wearable', { because: 'this is no pairing code; was it typed whole?' });
    const { also, called } = options;
    if (called !== undefined && !nameShape.test(called)) throw new UsageError(`--called: "${called}" is no short name, like ward.`);
    if (also !== undefined && options.name !== undefined) throw new UsageError('--also names the wearable already; leave --name out.');
    await using person = await enter(io, options, { op: 'pair wearable', kinds: ['patient'], writes: true });
    const { keyring, cloud, town } = person;
    const find = async () => options.cloudlet ?? (await cloudletThatShowed(town, pairing, Math.floor(io.clock() / 1000))).url;
    if (also !== undefined) {
      await using worn = await wear(io, options, also);
      const address = await find();
      const cloudlet = connectCloudlet(address, keyring, io.clock);
      const relay = await pairFurther({ keyring, cloudlet, clock: io.clock }, worn.wearable, { code: options.code, address, called });
      await worn.save();
      say(io, `${also} may hand its strips to ${relay.name} as well: ${worn.wearable.relays.map(({ name }) => name).join(', ')}.`);
      return 0;
    }
    const name = options.name ?? `${keyring.name}-watch`;
    const put = await placeForWearable(io, options, name);
    const address = await find();
    await using mathematics = mathematicsInThreads();
    const as = { keyring, cloud, cloudlet: connectCloudlet(address, keyring, io.clock), mathematics, clock: io.clock };
    const wearable = await pairDevice(as, { name, code: options.code, address, called });
    const path = await put(wearable);
    await person.save();
    say(io, `${name} is ${keyring.title}'s: ${path}`);
    say(io, `Let it measure: carelet wearable run --name ${name} --for 5m`);
    return 0;
  },
});

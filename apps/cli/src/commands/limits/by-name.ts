/**
 * `carelet limits by-name`: only doctors who are named for a patient read by their work.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { renewDevices } from '@carelet/client/session/renew';
import { limit, ownCharts } from '@carelet/client/sharing/limits';
import { mathematicsInThreads } from '@carelet/client/threads';
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { cloudletsFor } from '../../cloudlets.ts';
import { command, common, UsageError } from '../../command.ts';
import { enter } from '../../person.ts';
import { promisesKept } from '../../receipts.ts';
import { count, note, say } from '../../terminal.ts';
import { findOrganisation } from '../../who.ts';
import { placeOf, tellInPart } from './show.ts';

export const limitsByName = command({
  name: 'limits by-name',
  group: 'sharing',
  summary: 'let only doctors read by their work who are named for you, or all again',
  takes: [{ name: 'on|off', says: 'whether it holds' }],
  options: {
    ...common.as('the patient'),
    at: { type: 'text', value: 'organisation', says: 'of whose records (usual: of all)' },
    ...common.town,
    ...common.keyrings,
  },
  more: `On: what opened to everyone of a hospital by their work closes at once, and the hospital makes its locks anew with its next records (or with: carelet locks renew). From then on they open to a doctor for whom two administrators signed that she is named for your chart (carelet doctors approve --by-name), to whom you share with, and in an emergency. Until doctors are named nobody reads by their work.

Off: the same the other way. What was read may be remembered.`,
  examples: ['carelet limits by-name on --as ada', 'carelet limits by-name off --at "Northgate Hospital" --as ada'],
  async run({ options, given: [word], io }) {
    if (word !== 'on' && word !== 'off') throw new UsageError(`"${word}" is neither on nor off.`);
    const byName = word === 'on';
    const op = 'limit a chart';
    await using person = await enter(io, options, { op, kinds: ['patient'], writes: true });
    const { keyring, cloud, save, town } = person;
    const at = options.at === undefined ? null : findOrganisation(keyring.manifest, options.at).organisation;
    const charts = (await ownCharts(person)).filter(({ writer }) => !at || equalPublic(writer, at));
    if (charts.length === 0) throw new CareletError('missing', op, { because: 'no chart of yours is meant' });
    for (const chart of charts) {
      const said = await limit({ keyring, save, cloud, clock: io.clock }, chart, { byName });
      const holds = byName
        ? 'only doctors who are named for you read by their work'
        : 'doctors read by their work, once it made its locks anew';
      say(io, `${placeOf(person, chart)}: ${said ? holds : 'that holds already'}.`);
    }
    await using mathematics = mathematicsInThreads();
    const cloudletOf = cloudletsFor(town, keyring, io.clock);
    const made = await renewDevices({ keyring, cloud, mathematics, cloudletOf, clock: io.clock }).catch((thrown: unknown) => {
      if (!(thrown instanceof CareletError) || thrown.kind !== 'unavailable') throw thrown;
      note(io, 'A clinic does not answer: what your wearables wrote is locked anew with: carelet wearable renew');
      return 0;
    });
    if (made > 0) say(io, `${count(made, 'lock')} of your wearables made anew.`);
    await tellInPart(person, io);
    return (await promisesKept(person, io)) ? 0 : 1;
  },
});

/**
 * `carelet wearable show`: what a wearable knows of its cloudlets, and what it still has.
 *
 * @module
 */
import { command, common } from '../../command.ts';
import { relayInWords } from '../../relays.ts';
import { count, say } from '../../terminal.ts';
import { wear } from '../../wearables.ts';

export const wearableShow = command({
  name: 'wearable show',
  group: 'wearables',
  summary: "show a wearable's cloudlets, whether they do what they say, and what it still has",
  options: {
    name: { type: 'text', value: 'name', says: 'which wearable', required: true },
    ...common.town,
    ...common.keyrings,
  },
  more: `A wearable with several cloudlets of its clinic does not believe them: what one took it keeps until another says that the cloud has it. One that takes strips and does not bring them gets copies only.`,
  examples: ['carelet wearable show --name ada-watch'],
  async run({ options, io }) {
    await using worn = await wear(io, options, options.name);
    const { relays, waiting, entrusted } = worn.wearable;
    for (const relay of relays) say(io, relayInWords(relay));
    say(
      io,
      `${count(waiting.length, 'strip')} waiting, ${count(entrusted.length, 'strip')} kept until another cloudlet has seen them in the cloud.`,
    );
    return 0;
  },
});

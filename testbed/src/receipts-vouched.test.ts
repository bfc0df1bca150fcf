/**
 * What the log adds to cards, and patients' own devices as its witnesses: a cloud that keeps a log for one and shows another, or hands
 * over cards that it did not write down.
 */
import { join } from 'node:path';
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type Keyring, nothingSeen } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { ownCard } from '@carelet/client/receipts/cards';
import { ownersDevice, witnessAsDevice } from '@carelet/client/receipts/device';
import { ownReceipts } from '@carelet/client/receipts/own';
import { share } from '@carelet/client/sharing/share';
import { logKey } from '@carelet/cloud/receipts/key';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { merkleRoot } from '@carelet/crypto/algebra/merkle';
import { newCard } from '@carelet/crypto/cards/owner';
import { cardReceipt } from '@carelet/crypto/receipts/cards';
import { openCheckpoint, signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { commitment, encodeReceipt } from '@carelet/crypto/receipts/leaf';
import { signAsDevice } from '@carelet/crypto/receipts/patient-witness';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Opened, openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';
import { putBackAfter } from './receipts.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let chen: Keyring;
let diaz: Keyring;
let pat: Bytes;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'monday', '2026-11-16')]);
  ada = stage.patient('ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  pat = northgate.keyring.charts[0]!.pat;
  chen = await stage.doctor('Dr Chen', { at: northgate });
  diaz = await stage.doctor('Dr Diaz', { at: harbour, parts: ['MI'], kinds: ['immunizations'] });
}, 120_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const seconds = () => Math.floor(stage.clock() / 1000);
const words = ({ problems }: Opened): string[] => [...new Set(problems.map(({ what }) => what))];
const log = () => logKey(join(stage.town.folder, 'keys', 'cloud'));
const putBack = (work: () => Promise<void>) => putBackAfter(stage, [ada, chen, diaz], stage.cloudAs(ada), work);
const later = () => stage.clock.to(new Date(stage.clock() + 61_000).toISOString());
const sign = (keyring = ada, keep = async () => {}, cloud = stage.cloudAs(keyring)) =>
  witnessAsDevice({ keyring, cloud, keep, clock: stage.clock });
const own = (cloud = stage.cloudAs(ada)) => ownReceipts({ keyring: ada, cloud, clock: stage.clock });

type Nodes = Awaited<ReturnType<Cloud['receipts']['nodes']>>;

/** The cloud, but for what it answers of nodes. */
function answering(who: Keyring, change: (answer: Nodes) => Promise<Nodes>): Cloud {
  const cloud = stage.cloudAs(who);
  const nodes: Cloud['receipts']['nodes'] = async (asked) => change(await cloud.receipts.nodes(asked));
  return { ...cloud, receipts: { ...cloud.receipts, nodes } };
}

/** The same cloud, which shows something else of what the owner's device signed. */
const showing = (who: Keyring, owner: (answer: Nodes) => Nodes['owner']) =>
  answering(who, async (answer) => ({ ...answer, owner: owner(answer) }));

describe('a patient’s own device', () => {
  test('signs what it saw, and her doctors are told when', async () => {
    const before = await stage.open(chen, { pat });
    expect([before.charts[0]!.ownerSaw, before.problems]).toEqual([null, []]);
    expect(await sign()).toEqual({ kind: 'signed' });
    const signed = seconds();
    later();
    const after = await stage.open(chen, { pat });
    expect([after.charts[0]!.ownerSaw, after.problems]).toEqual([signed, []]);
    expect((await stage.open(ada)).charts[0]!.ownerSaw).toBe(signed);
    // Others have no charts that anybody would look at.
    expect(await sign(chen)).toEqual({ kind: 'not signed' });
  });

  test('keeps what it saw before its signature leaves, and signs nothing where it cannot', async () => {
    const order: string[] = [];
    const cloud = stage.cloudAs(ada);
    const told: Cloud['receipts']['sign'] = async (signed) => {
      order.push('signs');
      return cloud.receipts.sign(signed);
    };
    const telling = { ...cloud, receipts: { ...cloud.receipts, sign: told } };
    await sign(ada, async () => void order.push('keeps'), telling);
    expect(order).toEqual(['keeps', 'signs']);
    const full = async () => {
      throw new Error('the disk is full');
    };
    await expect(sign(ada, full, telling)).rejects.toThrow('full');
    expect(order).toEqual(['keeps', 'signs']);
  });

  test('signs no log that does not go on from what it saw', async () => {
    await sign();
    const cloud = stage.cloudAs(ada);
    const head: Cloud['receipts']['head'] = async (asked) => {
      const answer = await cloud.receipts.head(asked);
      const { checkpoint } = openCheckpoint(answer.note, await log())!;
      return { ...answer, path: [], note: signCheckpoint(await log(), { ...checkpoint, root: merkleRoot([]) }) };
    };
    const lying = { ...cloud, receipts: { ...cloud.receipts, head } };
    expect(await sign(ada, async () => {}, lying)).toMatchObject({ kind: 'fails' });
  });

  test('is why a log that Ada’s device never saw is no log for her doctor, who looks for the first time', async () => {
    const forged = answering(chen, async (answer) => {
      const { checkpoint } = openCheckpoint(answer.note, await log())!;
      const other = { ...checkpoint, size: checkpoint.size + 3, root: merkleRoot([]) };
      return { ...answer, note: signCheckpoint(await log(), other), witnessed: null };
    });
    await putBack(async () => {
      Object.assign(chen.receipts, nothingSeen());
      expect(words(await stage.open(chen, { pat, cloud: forged }))).toContain(ownersDevice.another);
    });
  });

  test('of which an older signature is shown again, or none any more, to who saw a newer one', async () => {
    await stage.open(chen, { pat });
    let old: Nodes['owner'] = null;
    await stage.open(chen, { pat, cloud: showing(chen, ({ owner }) => (old = owner)) });
    later();
    await sign();
    expect((await stage.open(chen, { pat })).problems).toEqual([]);
    const size = openCheckpoint(old!.note, await log())!.checkpoint.size;
    const { path } = await stage.cloudAs(chen).receipts.head({ seen: size });
    await putBack(async () => {
      // The proof that the log goes on from it is right.
      expect(words(await stage.open(chen, { pat, cloud: showing(chen, () => ({ ...old!, path })) }))).toContain(ownersDevice.older);
      expect(words(await stage.open(chen, { pat, cloud: showing(chen, () => null) }))).toContain(ownersDevice.withheld);
    });
  });

  test('is nobody else’s: another patient’s key, a signature that is none, a strange log', async () => {
    const ben = newCard('patient', seconds() + 1000);
    const logNow = await log();
    const stranger = { ...logNow, secret: ben.secrets.edSk, key: ben.card.edVk };
    const lies: ((answer: Nodes) => Nodes['owner'])[] = [
      ({ note, owner }) => ({ ...owner!, ...signAsDevice(ben, logNow, note, seconds()) }),
      ({ note, owner }) => ({ ...owner!, ...signAsDevice(ben, logNow, note, seconds()), voucher: owner!.voucher }),
      ({ note, owner }) => ({ ...owner!, ...signAsDevice({ card: ada.card, secrets: ben.secrets }, logNow, note, seconds()) }),
      ({ note, owner }) => ({ ...owner!, note }),
      ({ owner }) => ({ ...owner!, note: owner!.note.slice(1) }),
      ({ owner }) => ({ ...owner!, voucher: new Uint8Array(64) }),
      ({ note, owner }) => {
        const { checkpoint } = openCheckpoint(note, logNow)!;
        const strange = signCheckpoint(stranger, checkpoint);
        return { ...owner!, ...signAsDevice(ada, stranger, strange, seconds()) };
      },
    ];
    await putBack(async () => {
      for (const lie of lies) expect(words(await stage.open(chen, { pat, cloud: showing(chen, lie) }))).toContain(ownersDevice.unsigned);
      // Her own other device is told so as well.
      expect((await own(showing(ada, lies[0]!))).problems).toContain(ownersDevice.unsigned);
    });
  });

  test('holds another of hers to the log it signed, though that one has never looked', async () => {
    const other = { ...decodeKeyring(encodeKeyring(ada)), receipts: nothingSeen() };
    const forged = answering(other, async (answer) => {
      const { checkpoint } = openCheckpoint(answer.note, await log())!;
      const beside = { ...checkpoint, size: checkpoint.size + 3, root: merkleRoot([]) };
      return { ...answer, note: signCheckpoint(await log(), beside), witnessed: null };
    });
    expect(words(await stage.open(other, { cloud: forged }))).toContain(ownersDevice.another);
  });
});

describe('a card', () => {
  const vitals = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' } as const;
  const shareWith = (cloud = stage.cloudAs(ada)) =>
    share(
      {
        keyring: ada,
        save: async () => {},
        cloud,
        mathematics: mathematicsHere,
        cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
        clock: stage.clock,
      },
      { doctor: diaz.card.id, doctorName: 'Dr Diaz', consent: vitals, mediator: harbour.keyring.card.id },
    );
  const forget = (who: Keyring) => stage.sql('delete from card_receipt where card_id = $1', [who.card.id]);

  test('of one’s own stands in the log, and is looked for with every opening and every look at one’s receipts', async () => {
    for (const who of [ada, chen]) expect((await stage.open(who, { pat })).problems).toEqual([]);
    expect((await own()).problems).toEqual([]);
  });

  test('that somebody else put under one’s number, with a line of the log to it, is told', async () => {
    await putBack(async () => {
      const foisted = { ...newCard('patient', seconds() + 1000).card, id: ada.card.id, serial: 2 };
      const receipt = cardReceipt(foisted, seconds());
      await stage.sql('insert into card_receipt (card_id, serial, commitment, body) values ($1, 2, $2, $3)', [
        ada.card.id,
        commitment(receipt),
        encodeReceipt(receipt),
      ]);
      expect(words(await stage.open(ada))).toEqual([ownCard.another]);
      expect((await own()).problems).toEqual([ownCard.another]);
    });
  });

  test('whose leaf is kept back is told, to a doctor as well', async () => {
    await putBack(async () => {
      await forget(ada);
      await forget(chen);
      for (const who of [ada, chen]) expect(words(await stage.open(who, { pat }))).toEqual([ownCard.unproven]);
      expect((await own()).problems).toEqual([ownCard.unproven]);
    });
  });

  test('of a doctor that is in no log gets nothing sealed, nor does one of the organisation that writes', async () => {
    for (const who of [diaz, northgate.keyring]) {
      await putBack(async () => {
        await forget(who);
        expect(await refusal(shareWith())).toBe('tampered');
        expect(ada.sharing.grants.filter(({ holds }) => holds.cloud && holds.mediator)).toEqual([]);
      });
    }
    // Of a number under which the log has nothing there is no proof that something stands.
    const cloud = stage.cloudAs(ada);
    const nobody = newCard('doctor', seconds() + 1000).card;
    const cards: Cloud['receipts']['cards'] = ({ seen }) => cloud.receipts.cards({ ids: [nobody.id], seen });
    expect(await refusal(shareWith({ ...cloud, receipts: { ...cloud.receipts, cards } }))).toBe('tampered');
    const [given] = await shareWith();
    expect(equalPublic(given!.doctor, diaz.card.id)).toBe(true);
  });
});

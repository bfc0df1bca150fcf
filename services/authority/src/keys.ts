/**
 * Keys: what an organisation seals with, and what an approved doctor opens with. Two issuers make each, locked to whom it is for;
 * what passes through here opens for nobody else.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { dayOf } from '@carelet/care/rules/records/calendar';
import { inWords, type Policy } from '@carelet/care/rules/sharing/policy';
import type { authorityContract } from '@carelet/care/wire/contract/authority';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, cbor, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { encodeEntitlement, entitlementSignedBy } from '@carelet/crypto/cards/entitlement';
import { encodeManifest } from '@carelet/crypto/cards/manifest';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import { asSigned } from './enrolment.ts';
import type { Issuers } from './issuers.ts';
import type { AuthorityTables } from './schema.ts';
import { wordsIn } from './words.ts';

type Keys = RoleOf<typeof authorityContract>['keys'];
/** To whom the issuers seal the parts that are not the doctor's. */
type Services = Omit<Parameters<Keys['issue']>[0], 'anew'>;

export function keys(
  {
    db,
    cards,
    issuers,
    needed,
    clock,
  }: {
    db: Kysely<AuthorityTables>;
    cards: Cards;
    issuers: Issuers;
    needed: number;
    clock: () => number;
  },
  caller: KnownCaller | null,
): Keys {
  const words = wordsIn(db, cards);

  return {
    async writer() {
      const op = 'hand out writer keys';
      if (caller?.kind !== 'organisation') throw new CareletError('denied', op, { because: 'only an enrolled organisation gets them' });
      const card = encodeCard(caller.card);
      const said = await issuers.two(op, async (issuer) => (await issuer.keys.writer({ card })).sealed);
      return { sealed: said.map(({ issuer, answer }) => ({ issuer, sealed: answer })) };
    },

    async issue({ anew, ...services }) {
      const row = caller && (await db.selectFrom('doctor').selectAll().where('doctor', '=', caller.id).executeTakeFirst());
      if (!caller || row?.state !== 'approved') throw new CareletError('denied', 'issue keys', { because: 'no approved doctor asks' });
      const now = Math.floor(clock() / 1000);
      const today = dayOf(clock());
      const domains = new Map(
        (await db.selectFrom('domain').select(['organisation', 'public_key']).execute()).map((one) => [
          hex(one.organisation),
          one.public_key,
        ]),
      );
      const approved = (await approvedPolicies(caller.id)).filter(({ text }) => (JSON.parse(text) as Policy).until >= today);
      const issued = await db.selectFrom('issued').selectAll().where('doctor', '=', caller.id).execute();
      const out = [];
      for (const { organisation, text } of approved) {
        const wanted = anew.some((one) => equalPublic(one, organisation));
        const publicKey = domains.get(hex(organisation))!;
        const isKept = (key: (typeof issued)[number]) =>
          key.policy === text && equalPublic(key.organisation, organisation) && equalPublic(key.public_key, publicKey);
        const key =
          (wanted ? undefined : issued.find(isKept)) ?? (await make(row.card, caller.id, { organisation, publicKey }, text, services));
        if (key.not_after <= now) continue;
        const parts = (uncbor(key.sealed) as [number, Bytes, Bytes, Bytes][]).map(([issuer, doctor, cloud, mediator]) => ({
          issuer,
          doctor,
          cloud,
          mediator,
        }));
        out.push({ organisation, mediator: key.mediator, parts, entitlement: key.entitlement, words: key.words });
      }
      return { keys: out };
    },
  };

  /** The policies of a doctor that enough organisations signed alike. */
  async function approvedPolicies(doctor: Bytes): Promise<{ organisation: Bytes; text: string }[]> {
    const rows = await db
      .selectFrom('approval')
      .select(['organisation', 'policy', (select) => select.fn.count<string>('from_organisation').distinct().as('approvals')])
      .where('doctor', '=', doctor)
      .groupBy(['organisation', 'policy'])
      .execute();
    return rows.filter(({ approvals }) => Number(approvals) >= needed).map(({ organisation, policy }) => ({ organisation, text: policy }));
  }

  async function make(
    card: Bytes,
    doctor: Bytes,
    { organisation, publicKey }: { organisation: Bytes; publicKey: Bytes },
    text: string,
    services: Services,
  ) {
    const op = 'issue keys';
    const policy = JSON.parse(text) as Policy;
    const house = decodeCard(services.mediator.organisation);
    if (!house) throw new CareletError('invalid', op, { because: 'the mediator’s card is none' });
    const before = await db
      .selectFrom('issued')
      .select('issued')
      .where('doctor', '=', doctor)
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    const ended = await db
      .selectFrom('key_end')
      .select('before')
      .where('doctor', '=', doctor)
      .where('organisation', '=', organisation)
      .executeTakeFirst();
    // Of two keys the cloud keeps the later one, so no two are of one second; and none is of before the last one ended.
    const issued = Math.max(Math.floor(clock() / 1000), before ? Number(before.issued) + 1 : 0, Number(ended?.before ?? 0));
    const approvals = await words.approvals(doctor, organisation, text);
    const manifest = await issuers.manifest();
    const { issuers: keys } = manifest;
    const said = await issuers.two(op, async (issuer, place) => {
      const asked = { card, policy: asSigned(policy), approvals, issued, manifest: encodeManifest(manifest), ...services };
      const { formula, notAfter, signature, ...parts } = await issuer.keys.issue(asked);
      const entitlement = { doctor, organisation, formula, issued, notAfter };
      if (!entitlementSignedBy(entitlement, keys[place]!, signature)) {
        throw new CareletError('tampered', op, { because: `issuer ${place + 1} signed something else` });
      }
      return { parts, entitlement, signature };
    });
    const [first, second] = said.map(({ answer }) => answer.entitlement);
    if (first!.formula !== second!.formula || first!.notAfter !== second!.notAfter) {
      throw new CareletError('conflict', op, { because: 'two issuers do not mean the same by this policy' });
    }
    const signatures = said.map(({ issuer, answer }) => ({ issuer, signature: answer.signature }));
    const row = {
      doctor,
      organisation,
      public_key: publicKey,
      policy: text,
      mediator: house.id,
      sealed: cbor(said.map(({ issuer, answer: { parts } }) => [issuer, parts.doctor, parts.cloud, parts.mediator])),
      issued,
      entitlement: encodeEntitlement(first!, signatures),
      words: inWords(policy),
      not_after: first!.notAfter,
    };
    await db
      .insertInto('issued')
      .values(row)
      .onConflict((c) => c.columns(['doctor', 'organisation']).doUpdateSet(row))
      .execute();
    return row;
  }
}

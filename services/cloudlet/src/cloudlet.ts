/**
 * The cloudlet, assembled: sessions, relay, labels, the mediator. Its keys open the hop, never a record.
 *
 * @module
 */

import type { Category } from '@carelet/care/model';
import { CareletError } from '@carelet/care/model';
import { attributesOf, byNameUnit } from '@carelet/care/rules/sharing/attributes';
import { labelsOf } from '@carelet/care/rules/sharing/policy';
import { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { cbor, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { attempt } from '@carelet/crypto/algebra/strict';
import { sameCard } from '@carelet/crypto/cards/card';
import { labelOf, sensitiveLabel } from '@carelet/crypto/cards/label';
import { openDomain } from '@carelet/crypto/cards/service';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import type { Domains } from '@carelet/ground/domains';
import type { EndedKeys } from '@carelet/ground/ended-keys';
import type { Cards, KnownCaller } from '@carelet/ground/login';
import type { PerHour } from '@carelet/ground/per-hour';
import type { ServiceKeys } from '@carelet/ground/service-key';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql } from 'kysely';
import { devices, looksAfter } from './devices.ts';
import { lately } from './lately.ts';
import type { Denied } from './limits.ts';
import type { FactorMath, RoleMath } from './mathematics.ts';
import { type Factors, mediator } from './mediator.ts';
import type { Organisation } from './organisation.ts';
import type { Queue } from './queue/queue.ts';
import type { Receipts } from './receipts.ts';
import type { Relay } from './relay.ts';
import { type Logins, type RoleFactors, roles } from './roles.ts';
import type { CloudletTables } from './schema.ts';
import type { SessionRoom } from './sessions.ts';

/** How long a broken promise is counted, as an outage is, in milliseconds. */
const monthMs = 30 * 86_400_000;

export { cloudletContract };
export type CloudletRole = RoleOf<typeof cloudletContract>;

/** The cloudlet as one caller may use it. */
export function cloudlet(
  {
    db,
    queue,
    cards,
    sessions,
    frame,
    relay,
    organisation,
    factors,
    roleFactors,
    logins,
    keys,
    endedKeys,
    domains,
    receipts,
    given,
    denied,
    install,
    mathematics,
    town,
    clock,
  }: {
    db: Kysely<CloudletTables>;
    queue: Queue;
    cards: Cards;
    sessions: SessionRoom;
    frame: CloudletRole['sessions']['frame'];
    relay: Relay;
    organisation: () => Promise<Organisation>;
    factors: Factors;
    roleFactors: RoleFactors;
    logins: Logins;
    keys: ServiceKeys;
    endedKeys: EndedKeys;
    domains: Domains;
    receipts: Receipts;
    given: PerHour;
    denied: Denied;
    /** Keeps what the clinic handed over. */
    install: (organisation: Organisation) => Promise<void>;
    mathematics: FactorMath & RoleMath;
    town: Town;
    clock: () => number;
  },
  caller: KnownCaller | null,
): CloudletRole {
  const now = () => Math.floor(clock() / 1000);
  return {
    login: { present: ({ card, with: others }) => cards.present(card, others) },
    sessions: { ...sessions.as(caller), frame },
    devices: devices({ db, queue, organisation, clock }, caller),
    relay: {
      async lately() {
        await looksAfter(caller, organisation, 'tell what came in');
        return lately({ db, queue }, clock());
      },
    },
    sharing: {
      ...mediator({ factors, cards, mathematics, organisation, endedKeys, domains, town, receipts, given, denied, now }, caller),
      ...roles({ kept: roleFactors, logins, keys, endedKeys, domains, mathematics, organisation, town, receipts, now }, caller),
      endKeys: (said) => endedKeys.take(said),
      retired: ({ manifest }) => domains.take(manifest),
      async domain({ sealed }) {
        const op = 'take a domain';
        const clinic = await organisation();
        if (!caller || !sameCard(caller.card, clinic.card))
          throw new CareletError('denied', op, { because: 'only its clinic hands it one' });
        const given = await keys.open((secretKey) => openDomain(secretKey, clinic.card.id, sealed));
        const id = given && attempt(() => idOfDomain(given.domain));
        if (!given || !id) throw new CareletError('cannot-open', op, { because: 'it is not sealed to this cloudlet' });
        if (!(await domains.isToday(clinic.card.id, id))) {
          throw new CareletError('conflict', op, { because: 'this is not the domain the clinic has today' });
        }
        await install({ ...clinic, ...given });
      },
      async labels({ pat, nodes, byName }) {
        const chart = await db.selectFrom('device').select('owner').where('pat', '=', pat).executeTakeFirst();
        if (!caller || !chart?.owner || !equalPublic(chart.owner, caller.id)) {
          throw new CareletError('denied', 'give labels', { because: 'this chart is not yours' });
        }
        const { card, orgKey, pq, domain, emergency } = await organisation();
        const unit = byName ? byNameUnit(hex(card.id)) : hex(card.id);
        const context = cbor(['carelet/v1/sharing/pq', caller.id, card.id]);
        return {
          pq: sealTo(caller.card.hybridPk, context, cbor([domain, pq])),
          emergency,
          labels: nodes.map(({ part, category: [kind, conf, sens], period }) =>
            labelsOf(
              attributesOf({ part, category: { kind, conf, sens } as Category, period, pat: hex(pat), unit, source: 'device' }),
              hex(pat),
              {
                label: ({ name, value }) => labelOf(orgKey, name, value),
                sensitive: (patient, group) => sensitiveLabel(orgKey, unhex(patient), group),
              },
            ),
          ),
        };
      },
    },
    receipts: {
      async mediated(asked) {
        if (!caller) throw new CareletError('denied', 'tell what was mediated', { because: 'the request is not signed' });
        return receipts.shown(caller.id, asked);
      },
    },
    town: {
      async state() {
        const known = db
          .selectFrom('device')
          .select((select) => select.fn.countAll().as('n'))
          .where('owner', 'is not', null)
          .where('ended', 'is', null);
        const outage = db
          .selectFrom('outage')
          .select([sql<number>`count(*)`.as('n'), sql<Date | null>`min(began) filter (where ended is null)`.as('since')]);
        // Counted first: what is forwarded in between then counts as both, never as neither.
        const waiting = await queue.waits();
        const tally = await db.selectFrom('tally').selectAll().executeTakeFirst();
        const { n: outages, since } = await outage.executeTakeFirstOrThrow();
        const broken = db
          .selectFrom('promised')
          .select((select) => select.fn.countAll().as('n'))
          .where('broken', '>', sql<string>`${new Date(clock() - monthMs).toISOString()}::timestamptz`);
        return {
          unkept: Number((await broken.executeTakeFirstOrThrow()).n),
          outages,
          outageSince: since && new Date(since).toISOString(),
          devices: Number((await known.executeTakeFirstOrThrow()).n),
          waiting: waiting.count,
          forwarded: tally?.forwarded ?? 0,
          cloud: relay.state(),
          lastForward: tally?.last_forward ?? null,
          waitingSince: waiting.since === null ? null : new Date(waiting.since).toISOString(),
        };
      },
    },
  };
}

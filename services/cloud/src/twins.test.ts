import { CareletError } from '@carelet/care/model';
import { connect, serve } from '@carelet/care/wire';
import { introducing } from '@carelet/care/wire/introduce';
import { hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { encodeCard, vouch } from '@carelet/crypto/cards/card';
import { issueEntitlement } from '@carelet/crypto/cards/entitlement';
import { sealForCloud } from '@carelet/crypto/cards/issued';
import { type Domain, encodeManifest, signManifest, withNewKey } from '@carelet/crypto/cards/manifest';
import { newCard } from '@carelet/crypto/cards/owner';
import { setup, shareOut } from '@carelet/crypto/kp-abe/authority';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { issue } from '@carelet/crypto/kp-abe/issuer';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { signRequest } from '@carelet/crypto/login/request';
import { openDatabase } from '@carelet/ground/database';
import { listen } from '@carelet/ground/http';
import { logger } from '@carelet/ground/log';
import type { KnownCaller } from '@carelet/ground/login';
import { metrics } from '@carelet/ground/metrics';
import { secrets } from '@carelet/ground/secrets';
import { serviceKeys } from '@carelet/ground/service-key';
import { freshDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { town } from '@carelet/ground/town';
import { sql } from 'kysely';
import { changesSuite } from './changes.suite.ts';
import { type ChangeLimits, openChanges } from './changes.ts';
import { cloudSuite } from './cloud.suite.ts';
import type { World } from './cloud.testing.ts';
import { cloud, cloudContract } from './cloud.ts';
import { consentSuite } from './consent.suite.ts';
import { devicesSuite } from './devices.suite.ts';
import { endsIn } from './ends.ts';
import { kdcSuite } from './kdc/kdc.suite.ts';
import { limitsSuite } from './limits/limits.suite.ts';
import { mathematicsHere } from './mathematics.ts';
import { cardsSuite } from './receipts/cards.suite.ts';
import { receiptsSuite } from './receipts/receipts.suite.ts';
import { requestsSuite } from './requests.suite.ts';
import { rolesSuite } from './roles.suite.ts';
import { type CloudTables, migrations } from './schema.ts';
import { sightSuite } from './sight.suite.ts';
import { teamsSuite } from './teams.suite.ts';

const years = 10 * 365 * 86_400;

async function openWorld(overHttp: boolean, limits: ChangeLimits = {}): Promise<World> {
  const authority: World['authority'] = { administrators: [], ended: [], away: false, shows: null };
  const clock = { now: Date.parse('2026-11-20T09:41:00Z') };
  const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
  const group = await loadGroup('mcl');
  const founded = () => {
    const { domain, master } = setup(group, 'Northgate');
    return { domain, shares: shareOut(group, domain, master, { issuers: 3, needed: 2 }).shares };
  };
  // One domain for whoever is an organisation here.
  let { domain, shares } = founded();
  let domains: readonly Domain[] = [];
  let serial = 1;
  const manifest = async () => {
    const body = { town: 'a town', serial, issuers: issuers.map((key) => key.public), domains };
    return encodeManifest(signManifest(body, issuers.slice(0, 2)));
  };

  const { secret, public: key } = signingKey();
  const receiptsLog = { name: 'a.log', key, secret };
  const folder = temporaryFolder();
  const sealing = secrets(systemRandom(32));
  const keys = {
    log: receiptsLog,
    service: serviceKeys(folder, () => clock.now),
    secrets: sealing,
    ends: await endsIn(folder, sealing),
  };
  const transforms: World['transforms'] = async ({ doctor, organisation, formula, issued }) => {
    const { publicKey } = await keys.service.current();
    return shares.slice(0, 2).map((share, issuer) => {
      const { transform } = issue(group, share, formula);
      return { issuer, sealed: sealForCloud(publicKey, { doctor, organisation, issuer }, { transform, issued }) };
    });
  };
  const entitle: World['entitle'] = (entitlement, by = [0, 1]) =>
    issueEntitlement(
      entitlement,
      by.map((issuer) => issuers[issuer]!),
    );
  const database = await freshDatabase();
  const db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
  const meanwhile = async () => {
    const work = world.meanwhile;
    world.meanwhile = null;
    await work?.();
  };
  const start = () =>
    cloud({
      db,
      town: town(
        async () => authority.shows ?? manifest(),
        undefined,
        () => clock.now,
        0,
      ),
      keys,
      async told() {
        if (authority.away) throw new CareletError('unavailable', 'ask the authority', { because: 'it does not answer' });
        return authority;
      },
      clock: () => clock.now,
      changes: openChanges(limits),
      mathematics: {
        ...mathematicsHere,
        turn: async (jobs) => {
          const turned = await mathematicsHere.turn(jobs);
          await meanwhile();
          return turned;
        },
        transform: async (transforms, sealed) => {
          const transformed = await mathematicsHere.transform(transforms, sealed);
          await meanwhile();
          return transformed;
        },
      },
    });
  let role = start();
  const handler = serve(cloudContract, {
    role: (caller: KnownCaller | null) => role.as(caller),
    identify: (asked) => role.cards.identify(asked),
    clock: () => clock.now,
  });
  const log = logger('cloud', { level: 'silent' });
  const listening = overHttp ? await listen({ name: 'cloud', handlers: [handler], port: 0, log, metrics: metrics('cloud') }) : null;
  const where = listening ? { url: listening.url } : { fetch: handler };

  const world: World = {
    clock,
    authority,
    meanwhile: null,
    log: { name: receiptsLog.name, key },
    beside: start,
    person(kind, { clockOff = 0, lasts = years } = {}) {
      const { card: plain, secrets } = newCard(kind, Math.floor(clock.now / 1000) + lasts);
      const vouchedKinds = ['doctor', 'organisation', 'administrator'];
      const card = vouchedKinds.includes(kind)
        ? issuers.slice(0, 2).reduce((one, { issuer, secret }) => vouch(one, issuer, secret), plain)
        : plain;
      if (kind === 'organisation') {
        domains = [...domains, { organisation: card.id, name: hex(card.id), publicKey: domain }];
        serial++;
      }
      const own = () => clock.now + clockOff;
      const cloudOf = connect(cloudContract, {
        ...where,
        clock: own,
        authorize: async ({ op, body: bytes, skew }) =>
          signRequest({ id: card.id, edSk: secrets.edSk }, { audience: 'cloud', op, body: bytes }, Math.floor((own() + skew) / 1000)),
      });
      const present = () => cloudOf.login.present({ card: encodeCard(card), with: [] });
      return { card, secrets, cloud: introducing(cloudOf, present) };
    },
    sealed: async (labels) => seal(group, [{ domain }], [...labels], utf8('somewhere'), utf8('a node key')),
    async retire() {
      const before = await manifest();
      ({ domain, shares } = founded());
      domains = domains.map((one) => withNewKey(one, domain));
      serial++;
      return { id: idOfDomain(domain), before, manifest: await manifest() };
    },
    entitle,
    transforms,
    async enters(doctor, entitlement) {
      await doctor.cloud.sharing.enter({ entitlement: entitle(entitlement), transforms: await transforms(entitlement) });
    },
    raw({ op, body: bytes, authorization }) {
      const headers = { 'content-type': 'application/cbor', ...(authorization !== undefined && { authorization }) };
      const path = `/v1/${op.replaceAll('.', '/')}`;
      const request = new Request(`${listening?.url ?? 'http://cloud'}${path}`, { method: 'POST', headers, body: new Uint8Array(bytes) });
      return listening ? fetch(request) : handler(request);
    },
    sql: async <T extends object>(text: string, values: readonly unknown[] = []) => {
      const pieces = text.split(/\$\d+/).map((piece) => sql.raw(piece));
      const query = pieces.slice(1).reduce((before, piece, i) => sql`${before}${values[i]}${piece}`, pieces[0]!);
      return (await sql<T>`${query}`.execute(db)).rows;
    },
    async restart() {
      role = start();
      await role.ready();
    },
    async [Symbol.asyncDispose]() {
      await listening?.close();
      await db.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
  return world;
}

for (const [place, overHttp] of [
  ['in this process', false],
  ['across HTTP', true],
] as const) {
  cloudSuite(place, () => openWorld(overHttp));
  sightSuite(place, () => openWorld(overHttp));
  consentSuite(place, () => openWorld(overHttp));
  kdcSuite(place, () => openWorld(overHttp));
  rolesSuite(place, () => openWorld(overHttp));
  teamsSuite(place, () => openWorld(overHttp));
  receiptsSuite(place, () => openWorld(overHttp));
  cardsSuite(place, () => openWorld(overHttp));
  limitsSuite(place, () => openWorld(overHttp));
  devicesSuite(place, () => openWorld(overHttp));
  requestsSuite(place, () => openWorld(overHttp));
  changesSuite(place, (limits) => openWorld(overHttp, limits));
}

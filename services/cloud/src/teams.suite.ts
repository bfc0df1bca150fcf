/**
 * Teams at the cloud: who is a member it finds by itself, for as long as she is entitled, and whoever is none is told the same.
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { type Group, loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type KeyEnd, signKeyEnd } from '@carelet/crypto/cards/approval';
import { type Card, encodeCard, vouch } from '@carelet/crypto/cards/card';
import type { Entitlement } from '@carelet/crypto/cards/entitlement';
import { type CardSecrets, newTeamCard } from '@carelet/crypto/cards/owner';
import { signBond, signNotice, type TeamNotice } from '@carelet/crypto/cards/team';
import { inspect } from '@carelet/crypto/kp-abe/cloud';
import { signRequest } from '@carelet/crypto/login/request';
import { scopeId } from '@carelet/crypto/pre/cloud';
import { hashOfLetter, signEnd, signGrant } from '@carelet/crypto/pre/grant';
import { newFactor } from '@carelet/crypto/pre/mediator';
import { accept, rekey, type ScopeKey, scopeKey } from '@carelet/crypto/pre/owner';
import { newHalf } from '@carelet/crypto/pre/reader';
import { seal } from '@carelet/crypto/pre/writer';
import { scopeName } from '@carelet/crypto/records/scope';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyRow, chartFor, id, none, type OpenWorld, type Person, type Tools, toolsOf, type World } from './cloud.testing.ts';

type Team = { readonly card: Card; readonly secrets: CardSecrets; readonly delegate: Bytes };

export function teamsSuite(name: string, openWorld: OpenWorld): void {
  describe(`teams at a cloud ${name}`, () => {
    let world: World;
    let group: Group;
    let tools: Tools;
    let [northgate, harbour, ada]: Person[] = [];
    let pat: Bytes;
    let node: Bytes;
    let october: ScopeKey;
    let ward: Team;
    let grant: Bytes;
    let domain: Bytes;
    const labels = ['l:cardio', 'l:hospital'];
    const gate = signingKey();
    const now = () => Math.floor(world.clock.now / 1000);

    const teamOf = (by: Person): Team => {
      const { card, secrets } = newTeamCard(systemRandom(32), now() + 86_400 * 365);
      const { delegate } = newHalf(group, { id: card.id, edSk: secrets.edSk });
      return { card: vouch(card, by.card.id, by.secrets.edSk), secrets, delegate };
    };
    const notice = (team: Team, more: Partial<TeamNotice> = {}, by = northgate!): Bytes =>
      signNotice(by.secrets.edSk, {
        ...{ team: team.card.id, organisation: by.card.id, domain, follows: null, issued: now(), labels },
        ...more,
      });
    const bond = (team: Team, by = northgate!): Bytes => signBond(team.secrets.edSk, { team: team.card.id, organisation: by.card.id });
    type Laid = { notice: Bytes; bond: Bytes; members: Bytes; card: Bytes; delegate: Bytes };
    const lay = async (team: Team, more: Partial<Laid> = {}, by = northgate!) =>
      by.cloud.teams.lay({
        ...{ card: encodeCard(team.card), notice: notice(team, {}, by), bond: bond(team, by), delegate: team.delegate },
        ...{ members: await world.sealed(labels), ...more },
      });
    const entitlement = (doctor: Person, more: Partial<Entitlement> = {}): Entitlement => ({
      ...{ doctor: doctor.card.id, organisation: northgate!.card.id, formula: 'l:hospital' },
      ...{ issued: now(), notAfter: now() + 30 * 86_400, ...more },
    });
    const doctor = async (more: Partial<Entitlement> | null = {}): Promise<Person> => {
      const one = world.person('doctor');
      if (more) await world.enters(one, entitlement(one, more));
      return one;
    };
    const outcome = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'ok',
        (thrown: unknown) => (thrown instanceof CareletError ? `${thrown.kind}: ${thrown.because}` : String(thrown)),
      );
    const grantTo = async (team: Team): Promise<Bytes> => {
      const letter = utf8('sealed to the team');
      const number = id();
      const signer = { id: team.card.id, edVk: team.card.edVk };
      const { factor } = newFactor(group, number, team.delegate, signer, gate.secret)!;
      const offer = { grant: number, delegate: team.delegate, factor, doctor: signer, mediator: gate.public };
      const body = { grant: number, pat, doctor: team.card.id, mediator: id(), issued: now(), notAfter: now() + 60 * 86_400 };
      await ada!.cloud.sharing.grant({
        grant: signGrant(ada!.secrets.edSk, { ...body, letterHash: hashOfLetter(letter) }),
        letter,
        rekeys: [rekey(group, october, accept(group, offer)!)],
      });
      return number;
    };
    const turned = (who: Person, of = grant) =>
      outcome(who.cloud.sharing.turn({ pat, grant: of, nodes: [{ nodeId: node, scope: scopeId(october.p) }] }));
    /** Everything a cloud could tell of a grant and its team. */
    const seen = async (who: Person) => ({
      turned: await turned(who),
      joined: await outcome(who.cloud.teams.join({ team: ward.card.id })),
      teams: (await who.cloud.teams.mine()).teams.length,
      grants: (await who.cloud.sharing.grants()).grants.length,
      charts: (await who.cloud.records.charts()).charts.length,
      nodes: await outcome(who.cloud.records.rows({ pat, part: 'MI', nodes: [node] }).then(({ rows }) => expect(rows).toHaveLength(1))),
    });
    const member = { turned: 'ok', joined: 'ok', teams: 1, grants: 1, charts: 1, nodes: 'ok' };

    beforeAll(async () => {
      world = await openWorld();
      group = await loadGroup('mcl');
      [northgate, harbour, ada] = [world.person('organisation'), world.person('organisation'), world.person('patient')];
      for (const one of [northgate, harbour, ada]) await one.cloud.records.charts();
      pat = await chartFor(northgate, ada);
      tools = toolsOf(world, northgate, pat);
      node = id();
      await northgate.cloud.records.post(tools.posting([anyRow(node)], [{ nodeId: node, parent: none }]));
      october = scopeKey(group, systemRandom(32), scopeName(['vital-signs', 'N', 'none'], 0, 'MI', '2026-10'));
      const wrap = tools.wrapBy(ada, node, {
        kind: 'consent',
        domain: scopeId(october.p),
        body: seal(group, october, utf8('here'), utf8('a node key')),
      });
      await ada.cloud.sharing.wrap({ pat, part: 'MI', links: [], wraps: [wrap] });
      [domain] = inspect(await world.sealed(labels)).domains as [Bytes];
      // The first doctor who comes has the cloud look which domains there are.
      await doctor();
    }, 60_000);

    afterAll(() => world?.[Symbol.asyncDispose]());

    beforeEach(async () => {
      await world.sql('delete from consent');
      await world.sql('delete from team');
      ward = teamOf(northgate!);
      await lay(ward);
      grant = await grantTo(ward);
    });

    test('a member reads what the team was granted: who was entitled before it was laid down, and who comes later', async () => {
      const before = await doctor();
      const cardio = await doctor({ formula: 'l:cardio and l:hospital' });
      const other = teamOf(northgate!);
      await lay(other, {
        notice: notice(other, { labels: ['l:hospital', 'l:lungs'] }),
        members: await world.sealed(['l:hospital', 'l:lungs']),
      });
      const later = await doctor({ formula: 'l:cardio and l:hospital' });
      for (const one of [before, later]) expect((await seen(one)).turned).toBe('ok');
      expect(await seen(later)).toEqual(member);
      // What was laid down after she came is not hers for that.
      expect((await cardio.cloud.teams.mine()).teams.map(({ card }) => hex(card))).toEqual([hex(encodeCard(ward.card))]);
      // Both teams are hers whose policy is for the whole hospital.
      expect((await before.cloud.teams.mine()).teams.map(({ card }) => hex(card)).sort()).toEqual(
        [ward, other].map(({ card }) => hex(encodeCard(card))).sort(),
      );
    });

    test('nobody else reads or learns anything, and all are refused alike', async () => {
      const nothing = await seen(await doctor(null));
      expect(nothing).toMatchObject({ teams: 0, grants: 0, charts: 0 });
      expect([nothing.turned, nothing.joined].map((one) => one.split(':')[0])).toEqual(['denied', 'denied']);
      for (const more of [{ formula: 'l:hospital and l:lungs' }, { formula: 'l:named-patient' }, { organisation: harbour!.card.id }]) {
        expect(await seen(await doctor(more)), JSON.stringify(more)).toEqual(nothing);
      }
      const narrowed = await doctor();
      await world.enters(narrowed, entitlement(narrowed, { issued: now() + 1, formula: 'l:hospital and l:lungs' }));
      expect(await seen(narrowed)).toEqual(nothing);
      // A membership hangs on the very entitlement it was found by.
      const replaced = await doctor();
      await world.sql('update entitlement set issued = issued + 1 where doctor = $1', [replaced.card.id]);
      expect((await seen(replaced)).turned).toBe(nothing.turned);
      const late = await doctor();
      expect(await seen(late)).toEqual(member);
      world.clock.now += 31 * 86_400_000;
      expect((await seen(late)).turned).toBe(nothing.turned);
      world.clock.now -= 31 * 86_400_000;
      // There is no team that a patient or a clinic could be in.
      expect((await world.person('patient').cloud.teams.mine()).teams).toEqual([]);
      expect((await harbour!.cloud.teams.mine()).teams).toEqual([]);
    });

    test('who stops being a member while her request waits is handed nothing', async () => {
      const [nothing, chen] = [await seen(await doctor(null)), await doctor()];
      let issued = now();
      for (const ask of [() => turned(chen), () => outcome(chen.cloud.teams.join({ team: ward.card.id }))]) {
        expect(await ask()).toBe('ok');
        const narrower = entitlement(chen, { issued: ++issued, formula: 'l:hospital and l:lungs' });
        world.meanwhile = () => world.enters(chen, narrower);
        expect([nothing.turned, nothing.joined]).toContain(await ask());
        await world.enters(chen, entitlement(chen, { issued: ++issued }));
      }
    });

    test('a member whose keys an administrator ended is refused as everybody else, also by a cloud that comes from a backup', async () => {
      const [nothing, chen, sam] = [await seen(await doctor(null)), await doctor(), world.person('administrator')];
      const word = (who: Person, of: KeyEnd['of']) => ({
        ...{ doctor: who.card.id, of, administrator: encodeCard(sam.card) },
        signature: signKeyEnd(sam.secrets.edSk, { doctor: who.card.id, of }),
      });
      expect(await seen(chen)).toEqual(member);
      await sam.cloud.sharing.endKeys(word(chen, { organisation: northgate!.card.id, before: now() + 1 }));
      expect((await seen(chen)).turned).toBe(nothing.turned);
      // What the tables held before is there again, and the authority knows better.
      const diaz = await doctor();
      const { signature } = word(diaz, null);
      world.authority.administrators.push(encodeCard(sam.card));
      world.authority.ended.push({ doctor: diaz.card.id, of: null, by: sam.card.id, signature });
      world.authority.away = true;
      world.restart();
      expect(await turned(diaz)).toMatch(/^unavailable/);
      world.authority.away = false;
      expect(await turned(diaz)).toBe(nothing.turned);
      expect((await seen(diaz)).charts).toBe(0);
    });

    test('taken back, nothing is turned for any member, and they hear of it', async () => {
      const chen = await doctor();
      const heard = chen.cloud.records.changes({})[Symbol.asyncIterator]();
      await heard.next();
      await ada!.cloud.sharing.end({ pat, grant, end: signEnd(ada!.secrets.edSk, { grant, pat }) });
      expect((await heard.next()).value).toMatchObject({ kind: 'changed', pat });
      await heard.return?.();
      expect(await seen(chen)).toMatchObject({ grants: 0, charts: 0 });
      expect(await turned(chen)).toBe(await turned(await doctor(null)));
    });

    test('a team itself asks for nothing, though whoever was a member once has its keys', async () => {
      const body = new Uint8Array([0xa0]);
      await northgate!.cloud.login.present({ card: encodeCard(ward.card), with: [] });
      const { card, secrets } = ward;
      const asked = { audience: 'cloud', op: 'sharing.grants', body };
      const authorization = signRequest({ id: card.id, edSk: secrets.edSk }, asked, now());
      const answer = await world.raw({ op: asked.op, body, authorization });
      expect(answer.status).toBe(403);
    });

    test('an organisation lays down its own teams, whole, and nobody else’s', async () => {
      const fresh = teamOf(northgate!);
      const strange = teamOf(harbour!);
      const members = await world.sealed(labels);
      const laid = (more: Parameters<typeof lay>[1], of = fresh, by = northgate!) => outcome(lay(of, more, by));
      for (const who of [ada!, await doctor()]) expect(await laid({}, fresh, who)).toMatch(/^denied/);
      expect(await laid({}, strange)).toMatch(/^invalid/);
      expect(await laid({ notice: notice(fresh) }, fresh, harbour)).toMatch(/^invalid/);
      expect(await laid({ notice: notice(ward) })).toMatch(/^invalid/);
      expect(await laid({ notice: notice(fresh, {}, harbour) })).toMatch(/^invalid/);
      expect(await laid({ notice: notice(fresh, { issued: now() + 1000 }) })).toMatch(/^invalid/);
      expect(await laid({ bond: bond(ward) })).toMatch(/^invalid/);
      expect(await laid({ bond: bond(fresh, harbour) })).toMatch(/^invalid/);
      expect(await laid({ delegate: ward.delegate })).toMatch(/^invalid/);
      expect(await laid({ members: await world.sealed(['l:hospital']) })).toMatch(/^invalid/);
      expect(await laid({ members: await world.sealed([...labels, 'l:lungs']) })).toMatch(/^invalid/);
      expect(await laid({ members: utf8('no text') })).toMatch(/^invalid/);
      expect(await laid({ notice: notice(fresh, { domain: id() }), members })).toMatch(/^invalid/);
      expect(
        await laid({ card: encodeCard({ ...fresh.card, vouchers: [{ by: northgate!.card.id, signature: new Uint8Array(64) }] }) }),
      ).toMatch(/^invalid/);
      expect((await ada!.cloud.teams.of({ teams: [fresh.card.id] })).teams).toEqual([]);
      expect(await laid({})).toBe('ok');
      expect(await laid({})).toBe('ok');
      const [said] = (await ada!.cloud.teams.of({ teams: [fresh.card.id, id()] })).teams;
      expect(said).toMatchObject({ card: encodeCard(fresh.card), organisation: encodeCard(northgate!.card), followedBy: null });
    });

    test('a team stays its organisation’s: another one’s word on its card brings nobody in, and takes nobody out', async () => {
      const [chen, hers] = [await doctor(), await doctor({ organisation: harbour!.card.id })];
      const nothing = await seen(hers);
      const by = (team: Team) => ({ ...team, card: vouch({ ...team.card, vouchers: [] }, harbour!.card.id, harbour!.secrets.edSk) });
      // The card and the half are for whoever asks: of a team that is known here they are not taken again, not with its secret either.
      for (const of of [bond(ward), bond(ward, harbour)]) {
        const outcomes = [await outcome(lay(by(ward), { bond: of }, harbour))];
        outcomes.push(await outcome(lay(by(ward), { bond: of, notice: notice(ward, { issued: now() + 200 }, harbour) }, harbour)));
        for (const one of outcomes) expect(one).toMatch(/^(invalid|conflict)/);
      }
      expect(await outcome(lay(by(ward), {}, harbour))).toBe('conflict: this team is another organisation’s');
      expect(await seen(hers)).toEqual(nothing);
      expect(await seen(chen)).toEqual(member);
      expect(await outcome(lay(ward))).toBe('ok');
      // Of one that is not known yet, only with its secret; and of two that come at once one is first.
      const fresh = teamOf(northgate!);
      expect(await outcome(lay(by(fresh), { bond: bond(fresh) }, harbour))).toMatch(/^invalid/);
      for (const team of [fresh, ...Array.from({ length: 4 }, () => teamOf(northgate!))]) {
        const both = await Promise.all([outcome(lay(team)), outcome(lay(by(team), {}, harbour))]);
        expect(both.filter((one) => one === 'ok')).toHaveLength(1);
        expect(both).toContain('conflict: this team is another organisation’s');
      }
    });

    test('a later notice may let more doctors in and takes none out; another team follows once, and is one of the same organisation', async () => {
      const wider = [...labels, 'l:lungs'];
      const chen = await doctor({ formula: 'l:lungs' });
      expect((await seen(chen)).turned).toMatch(/^denied/);
      expect(await outcome(lay(ward, { notice: notice(ward, { labels: wider }), members: await world.sealed(wider) }))).toBe('ok');
      expect((await seen(chen)).turned).toBe('ok');
      expect(await outcome(lay(ward))).toMatch(/^conflict: it would take somebody out/);
      const older = notice(ward, { labels: wider, issued: now() - 1 });
      expect(await outcome(lay(ward, { notice: older, members: await world.sealed(wider) }))).toMatch(/^conflict/);
      const [next, another, strange] = [teamOf(northgate!), teamOf(northgate!), teamOf(harbour!)];
      const after = (team: Team, by = northgate!) => lay(team, { notice: notice(team, { follows: ward.card.id }, by) }, by);
      expect(await outcome(after(strange, harbour))).toMatch(/^conflict/);
      expect(await outcome(lay(next, { notice: notice(next, { follows: id() }) }))).toMatch(/^conflict/);
      expect(await outcome(after(next))).toBe('ok');
      expect(await outcome(after(another))).toMatch(/^conflict: another team followed/);
      expect(await outcome(lay(next))).toMatch(/^conflict/);
      expect((await ada!.cloud.teams.of({ teams: [ward.card.id] })).teams[0]!.followedBy).toEqual(next.card.id);
    });
  });

  describe(`a team at a cloud ${name} whose organisation’s domain is retired`, () => {
    test('has no members until it is laid down anew', async () => {
      await using world = await openWorld();
      const group = await loadGroup('mcl');
      const now = Math.floor(world.clock.now / 1000);
      const [northgate, chen] = [world.person('organisation'), world.person('doctor')];
      await northgate.cloud.records.charts();
      const of = { doctor: chen.card.id, organisation: northgate.card.id, formula: 'l:cardio', issued: now, notAfter: now + 86_400 };
      await world.enters(chen, of);
      const { card: plain, secrets } = newTeamCard(systemRandom(32), now + 86_400);
      const card = vouch(plain, northgate.card.id, northgate.secrets.edSk);
      const { delegate } = newHalf(group, { id: card.id, edSk: secrets.edSk });
      const lay = async (domain: Bytes, issued: number, members: Bytes) => {
        const said = { team: card.id, organisation: northgate.card.id, domain, follows: null, issued, labels: ['l:cardio'] };
        const bond = signBond(secrets.edSk, said);
        const notice = signNotice(northgate.secrets.edSk, said);
        await northgate.cloud.teams.lay({ card: encodeCard(card), notice, bond, delegate, members });
      };
      const members = await world.sealed(['l:cardio']);
      const before = inspect(members).domains[0]!;
      await lay(before, now, members);
      const mine = async () => (await chen.cloud.teams.mine()).teams.length;
      expect(await mine()).toBe(1);
      const { id: today, manifest } = await world.retire();
      await world.person('patient').cloud.sharing.retired({ manifest });
      expect(await mine()).toBe(0);
      await expect(chen.cloud.teams.join({ team: card.id })).rejects.toMatchObject({ kind: 'denied' });
      await expect(lay(before, now, members)).rejects.toMatchObject({ kind: 'conflict' });
      // A key of today, and labels of before: nobody says that she is a member.
      await world.enters(chen, { ...of, issued: now + 1 });
      expect(await mine()).toBe(0);
      await lay(today, now + 2, await world.sealed(['l:cardio']));
      expect(await mine()).toBe(1);
      expect((await chen.cloud.teams.join({ team: card.id })).transformed.length).toBe(1152);
    });
  });
}

/**
 * Grants through the key distribution servers, and asking them: what is changed, swapped or said to another server counts for nothing.
 */
import { describe, expect, test } from 'vitest';
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { newCard } from '../cards/owner.ts';
import { hybridKeygen, openWith, sealTo } from '../ntru/hybrid.ts';
import { type Answered, answerTo, hearSaid, mostNodes, readAnswer, type Said, sayTo } from './asking.ts';
import { hashOfLetter, nameOfGrant, placeOf, readGrant, type SharedGrant, signEnd, signGrant, verifyEnd } from './grant.ts';

const random = seededRandom('asking key servers');
const [ada, ben] = [newCard('patient', 2_000_000_000), newCard('patient', 2_000_000_000)];
const grant: SharedGrant = {
  grant: random(16),
  pat: random(16),
  owner: ada.card.id,
  reader: ben.card.id,
  issued: 1000,
  notAfter: 2000,
  letterHash: hashOfLetter(random(40)),
};

describe('a shared grant', () => {
  const signed = signGrant(ada.secrets.edSk, grant);

  test('is what its owner signed, to the letter', () => {
    expect(readGrant(signed, ada.card)).toEqual(grant);
    expect(readGrant(signed, ben.card)).toBeNull();
    expect(readGrant(signGrant(ben.secrets.edSk, grant), ben.card)).toBeNull();
    for (let at = 0; at < signed.length; at++) expect(readGrant(signed.with(at, signed[at]! ^ 1), ada.card)).toBeNull();
    const items = uncbor(signed) as Bytes[];
    for (const bytes of [cbor([...items, 0]), cbor(items.slice(1)), cbor(7), new Uint8Array()])
      expect(readGrant(bytes, ada.card)).toBeNull();
    expect(readGrant(signGrant(ada.secrets.edSk, { ...grant, notAfter: 1000 }), ada.card)).toBeNull();
    expect(readGrant(signGrant(ada.secrets.edSk, { ...grant, reader: random(15) }), ada.card)).toBeNull();
  });

  test('ends by its owner’s word for this grant of this chart', () => {
    const end = signEnd(ada.secrets.edSk, grant);
    expect(verifyEnd(ada.card.edVk, grant, end)).toBe(true);
    expect(verifyEnd(ben.card.edVk, grant, end)).toBe(false);
    expect(verifyEnd(ada.card.edVk, { ...grant, grant: random(16) }, end)).toBe(false);
    expect(verifyEnd(ada.card.edVk, { ...grant, pat: random(16) }, end)).toBe(false);
  });

  test('has names and nodes of its own: another owner, chart or number has others', () => {
    const node = random(16);
    const others = [grant, { ...grant, owner: ben.card.id }, { ...grant, pat: random(16) }, { ...grant, grant: random(16) }];
    const named = others.flatMap((one) => [nameOfGrant(one), placeOf(one, node), placeOf(one, random(16))]);
    expect(new Set(named.map(String)).size).toBe(named.length);
    expect(named.every(({ length }) => length === 16)).toBe(true);
  });
});

describe('asking a server', () => {
  const [issuer, hybrid] = [signingKey(random), hybridKeygen(random)];
  const at = { town: random(32), server: 2 };
  const asking = { card: ada.card, edSk: ada.secrets.edSk };
  const nodes = [random(16), random(16)];
  const said: Said[] = [
    { kind: 'lay', grant: signGrant(ada.secrets.edSk, grant), writer: random(300), deed: random(64), nodes },
    { kind: 'end', grant: grant.grant, pat: grant.pat, end: random(64) },
    { kind: 'end', grant: grant.grant, pat: grant.pat, end: random(64), chart: { writer: random(300), deed: random(64) } },
    { kind: 'ask', owner: grant.owner, pat: grant.pat, grant: grant.grant, nodes },
  ];
  const say = (one: Said, to = at) => sayTo(to, hybrid.publicKey, asking, one, 1234);

  test.each(said)('$kind arrives as it was said, at this server alone', (one) => {
    const request = say(one);
    expect(hearSaid(at, hybrid.secretKey, request)).toMatchObject({ card: ada.card, time: 1234, said: one });
    expect(hearSaid({ ...at, server: 1 }, hybrid.secretKey, request)).toBeNull();
    expect(hearSaid({ ...at, town: random(32) }, hybrid.secretKey, request)).toBeNull();
    expect(hearSaid(at, hybridKeygen(random).secretKey, request)).toBeNull();
    for (let i = 0; i < request.length; i += 97) expect(hearSaid(at, hybrid.secretKey, request.with(i, request[i]! ^ 1))).toBeNull();
  });

  test('said to one server it does not count at another', () => {
    const first = { ...at, server: 1 };
    const context = ({ town, server }: typeof at) => cbor(['carelet/v1/kdc/request-sealed', town, server]);
    // The first server seals to the second what it was told itself.
    const told = openWith(hybrid.secretKey, context(first), say(said.at(-1)!, first))!;
    const resealed = (to: typeof at) => sealTo(hybrid.publicKey, context(to), told);
    expect(hearSaid(first, hybrid.secretKey, resealed(first))).not.toBeNull();
    expect(hearSaid(at, hybrid.secretKey, resealed(at))).toBeNull();
  });

  test('nobody asks in another’s name', () => {
    expect(hearSaid(at, hybrid.secretKey, sayTo(at, hybrid.publicKey, { ...asking, edSk: ben.secrets.edSk }, said[1]!, 1))).toBeNull();
  });

  test('too many nodes, none, or none of a node’s length are no request', () => {
    const ask = (some: Bytes[]) => hearSaid(at, hybrid.secretKey, say({ ...(said.at(-1) as Said & { kind: 'ask' }), nodes: some }));
    expect(ask(Array<Bytes>(mostNodes.ask).fill(nodes[0]!))).not.toBeNull();
    expect(ask(Array<Bytes>(mostNodes.ask + 1).fill(nodes[0]!))).toBeNull();
    expect(ask([])).toBeNull();
    expect(ask([random(15)])).toBeNull();
  });

  test.each<Answered>([
    { kind: 'laid', nodes: 7 },
    { kind: 'ended' },
    { kind: 'parts', parts: [random(75), random(75)] },
    { kind: 'refused', as: 'denied', because: 'no grant to you holds here' },
  ])('an answer ($kind) opens to who asked, for the request it answers, by this server', (answered) => {
    const [request, other] = [say(said[0]!), say(said[0]!)];
    const answer = answerTo(at, issuer.secret, ada.card, request, answered);
    const read = (over: Partial<{ at: typeof at; key: Bytes; by: Bytes; of: Bytes; answer: Bytes }> = {}) =>
      readAnswer(over.at ?? at, over.by ?? issuer.public, over.key ?? ada.secrets.hybridSk, over.of ?? request, over.answer ?? answer);
    expect(read()).toEqual(answered);
    expect(read({ of: other })).toBeNull();
    expect(read({ at: { ...at, server: 3 } })).toBeNull();
    expect(read({ by: signingKey(random).public })).toBeNull();
    expect(read({ key: ben.secrets.hybridSk })).toBeNull();
    expect(read({ answer: answer.with(-1 + answer.length, answer.at(-1)! ^ 1) })).toBeNull();
    expect(read({ answer: new Uint8Array() })).toBeNull();
  });
});

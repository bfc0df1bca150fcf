import type { Kind } from '@carelet/care/model';
import { toFhirConsent, usualConsent } from '@carelet/care/rules/sharing/consent';
import type { GivenGrant } from '@carelet/client/keyring/keyring';
import type { ChartReceipts } from '@carelet/client/receipts/own';
import { hex } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { nothing, type ReceiptKind, receiptOf } from '@carelet/crypto/receipts/leaf';
import { expect, test } from 'vitest';
import { looksIn } from './receipts.ts';

const random = seededRandom('looks');
const [chen, diaz, northgate, harbour, pulses, bloods] = Array.from({ length: 6 }, () => random(16)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const kindsAt = (node: Uint8Array): Kind[] => (node === pulses ? ['vital-signs'] : node === bloods ? ['laboratory'] : []);
const placeOf = (organisation: Uint8Array) => (organisation === northgate ? 'Northgate' : 'Harbour');
const noon = Date.parse('2026-11-20T12:00:00Z') / 1000;

let index = 0;
const left = (kind: ReceiptKind, actor: Uint8Array, minutes: number, nodes: Uint8Array[] = [pulses]) => ({
  receipt: receiptOf({ kind, actor, scope: '', nodes, rows: nothing, version: 0, policy: nothing, time: noon + minutes * 60 }, random),
  index: index++,
  path: [],
});
const chartOf = (writer: Uint8Array, ...receipts: ChartReceipts['receipts']): ChartReceipts => ({
  chart: { pat: writer, writer, owner: random(16), deed: random(64) },
  receipts,
  earlier: 0,
});
const looks = (charts: readonly ChartReceipts[], grants: readonly GivenGrant[] = []) =>
  looksIn(charts, { kindsAt: (node) => kindsAt([pulses, bloods].find((one) => hex(one) === hex(node)) ?? node), grants, placeOf });

const granted = (minutes: number, until: number, kinds: readonly Kind[] = ['vital-signs']): GivenGrant => ({
  ...{ grant: random(16), pat: northgate, doctor: diaz, doctorName: 'Dr Diaz', mediator: harbour },
  ...{ issued: noon + minutes * 60, notAfter: noon + until * 60, holds: { cloud: false, mediator: false } },
  consent: JSON.stringify(
    toFhirConsent(
      { ...usualConsent, kinds, from: 'beginning', until: '2026-12-20' },
      { grant: '00', patient: '01', doctor: '02', doctorName: 'Dr Diaz', given: '2026-11-20T10:00:00.000Z' },
    ),
  ),
});

test('what one person leaves shortly one after another, in whatever charts, is one look', () => {
  const found = looks([
    chartOf(northgate, left('reading', chen, 0), left('reading', chen, 14, [bloods]), left('reading', chen, 28), left('reading', chen, 44)),
    chartOf(harbour, left('reading', chen, 1)),
  ]);
  expect(found.map(({ at, until, kinds, places }) => [at / 1000 - noon, until / 1000 - noon, kinds, places])).toEqual([
    [44 * 60, 44 * 60, ['vital-signs'], ['Northgate']],
    [0, 28 * 60, ['vital-signs', 'laboratory'], ['Harbour', 'Northgate']],
  ]);
});

test('what others do meanwhile, or the same one does otherwise, stands by itself', () => {
  const found = looks([
    chartOf(northgate, left('reading', chen, 0), left('posting', northgate, 1), left('reading', diaz, 2), left('question', chen, 3)),
  ]);
  expect(found.map(({ who, deed }) => [who, deed])).toEqual([
    [hex(chen), 'asked'],
    [hex(diaz), 'looked'],
    [hex(northgate), 'wrote'],
    [hex(chen), 'looked'],
  ]);
});

test('it opened by consent where one held at that time for what was opened, also where it has been taken back since', () => {
  const reason = (minutes: number, nodes?: Uint8Array[], grants = [granted(-10, 60)], kind: ReceiptKind = 'reading') =>
    looks([chartOf(northgate, left(kind, diaz, minutes, nodes))], grants)[0]!.reason;
  expect(reason(0)).toBe('allowed');
  expect(reason(-11)).toBe('approved');
  expect(reason(61)).toBe('approved');
  expect(reason(0, [bloods])).toBe('approved');
  expect(reason(0, [random(16)])).toBe('allowed');
  expect(reason(0, undefined, [])).toBe('approved');
  // Nobody but whom she let is turned anything.
  expect(reason(0, undefined, [], 're-encryption')).toBe('allowed');
  // What is transformed was opened by a role.
  expect(reason(0, undefined, undefined, 'transformation')).toBe('approved');
  expect(looks([chartOf(harbour, left('reading', diaz, 0))], [granted(-10, 60)])[0]!.reason).toBe('approved');
  expect(looks([chartOf(northgate, left('posting', northgate, 0))], [])[0]!.reason).toBeNull();
});

test('what is looked at after somebody said that it was an emergency is told so, of that chart and for the hours it may last', () => {
  const reasons = (...receipts: ChartReceipts['receipts']) =>
    looks([chartOf(northgate, ...receipts)]).map(({ deed, reason }) => [deed, reason]);
  const hours = (count: number) => count * 60;
  expect(reasons(left('reading', chen, -30), left('break-glass', chen, 0, []), left('transformation', chen, hours(4)))).toEqual([
    ['looked', 'emergency'],
    ['broke', null],
    ['looked', 'approved'],
  ]);
  expect(reasons(left('break-glass', chen, 0, []), left('reading', chen, hours(4) + 1))[0]).toEqual(['looked', 'approved']);
  expect(reasons(left('break-glass', chen, 0, []), left('reading', diaz, 1))[0]).toEqual(['looked', 'approved']);
  const elsewhere = looks([chartOf(northgate, left('break-glass', chen, 0, [])), chartOf(harbour, left('reading', chen, 1))]);
  expect(elsewhere[0]!.reason).toBe('approved');
});

test('a look at what has gone since is a look at something', () => {
  expect(looks([chartOf(northgate, left('reading', chen, 0, [random(16)]))])[0]!.kinds).toEqual([]);
});

/**
 * The second half of the tour: what lies in the cloud, who opens it and who does not.
 *
 * @module
 */
import { CareletError, type Json, own, printJson } from '@carelet/care/model';
import { recordsOf } from '@carelet/client/records/fhir';
import type { OpenedChart, OpenedParts } from '@carelet/client/records/reader';
import { equalPublic, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { readEntitlement } from '@carelet/crypto/cards/entitlement';
import { inspect } from '@carelet/crypto/kp-abe/cloud';
import { parse, satisfies } from '@carelet/crypto/kp-abe/formula';
import { meddle, searchTables } from '../breach/dump.ts';
import { needlesOf } from '../breach/needles.ts';
import { searcher } from '../breach/search.ts';
import { bytes, number } from './figures.ts';
import type { Stage, TourStep } from './stage.ts';

/** Who somebody is, what might tell it, and what is wrong with him lie apart. */
export async function shelves({ cloudAs }: Stage): Promise<TourStep> {
  const { shelves: rows, bytes: size, charts } = await (await cloudAs('ada')).town.state();
  return {
    title: 'three shelves',
    says: [
      `identity ${number(rows.EID)} rows, what might tell it ${number(rows.QID)}, medicine ${number(rows.MI)};`,
      `${bytes(size)} for ${number(charts)} charts; no row tells which belong together`,
    ],
    holds: rows.EID > 0 && rows.QID > 0 && rows.MI > 0,
  };
}

/** Whoever carries the cloud's tables away reads nothing in them. */
export async function heldByAThief({ town, planted }: Stage): Promise<TourStep> {
  const needles = needlesOf(planted.map(({ text, what }) => ({ name: what, kind: 'word', bytes: utf8(text) })));
  const { found, bytes: searched, of } = await searchTables(town.postgres.url(), searcher(needles), 'cloud');
  const words = new Set(found.map(({ needle }) => needle.of)).size;
  return {
    title: 'a thief looks',
    says: [
      `${words} of ${planted.length} planted words found in the cloud: ${of},`,
      `${bytes(searched)}, as UTF-8, UTF-16, hex, base64 (more: prove breach)`,
    ],
    holds: words === 0 && planted.length >= 100,
  };
}

/** Dr Chen treats Ada: her key opens what it names. */
export async function doctor({ openAda, gathered }: Stage): Promise<TourStep> {
  const began = performance.now();
  const opened = await openAda('dr-chen');
  const ms = performance.now() - began;
  if (opened) gathered.opened = opened;
  const pulse = opened && pulseAt(opened, gathered.reading!.at);
  return {
    title: 'Dr Chen',
    says: [
      `opens ${opened?.records.length ?? 0} records in ${number(ms)} ms, each one checked;`,
      `the heartbeat is among them: ${pulse ?? 'no pulse'} a minute`,
    ],
    holds: opened !== null && opened.problems.length === 0 && pulse === gathered.reading!.values[0],
  };
}

/** Dr Diaz has a good key, which names other things. */
export async function stranger({ cloudAs, person, watch, openAda, gathered }: Stage): Promise<TourStep> {
  const seen = await openAda('dr-diaz');
  const asked = await (await cloudAs('dr-diaz')).records.nodes({ pat: watch.pat });
  const nothing = seen === null && asked.nodes.length === 0 && asked.wraps.length === 0;

  // Somebody hands him what only Dr Chen may fetch.
  const { wraps } = await (await cloudAs('dr-chen')).records.nodes({ pat: watch.pat });
  const { doctorKeys, manifest } = (await person('dr-diaz')).keyring;
  const cloud = await cloudAs('dr-diaz');
  let tried = 0;
  let refused = true;
  for (const { organisation, entitlement } of doctorKeys) {
    const formula = parse(readEntitlement(entitlement, manifest)!.formula);
    for (const { nodeId, body } of wraps.filter(({ kind }) => kind === 'policy')) {
      const asked = cloud.sharing.transform({ pat: watch.pat, organisation, nodes: [nodeId] });
      const denied = await asked.then(
        () => false,
        (thrown: unknown) => thrown instanceof CareletError && thrown.kind === 'denied',
      );
      refused &&= denied && !satisfies(formula, inspect(body).attributes);
      tried++;
    }
  }
  return {
    title: 'Dr Diaz',
    says: [
      `${nothing ? 'asks the cloud and finds nothing there' : 'SEES SOMETHING OF ADA’S'};`,
      `given ${number(tried)} ciphertexts: ${refused ? 'his key names none, none is turned' : 'ONE OPENS'}`,
    ],
    holds: nothing && refused && tried > 0 && gathered.opened !== undefined,
  };
}

/** Somebody with the database in his hands changes one bit of the heartbeat. */
export async function tampered({ town, openAda, gathered }: Stage): Promise<TourStep> {
  const before = gathered.opened!;
  const strip = before.records.find(({ bodies }) => bodies.MI?.kind === 'strip')!;
  const { rowId } = strip.rows.find(({ part }) => part === 'MI')!;
  const change = 'update cloud.shelf_mi set ct = set_byte(ct, 40, get_byte(ct, 40) # 1) where row_id = $1';
  const changed = await meddle(town.postgres.url(), change, [rowId]);
  const after = (await openAda('dr-chen'))!;
  const reported = after.problems.some((one) => one.kind === 'tampered' && one.rowId !== undefined && equalPublic(one.rowId, rowId));
  const others = before.records.filter((one) => one !== strip);
  const same = others.length === after.records.length && others.every((one) => after.records.some((other) => sameRecord(one, other)));
  return {
    title: 'a byte flips',
    says: [
      `in the heartbeat's row in the database: ${reported ? 'refused as tampered' : 'NOT NOTICED'};`,
      `the other ${number(others.length)} records ${same ? 'open as before' : 'SUFFERED'}`,
    ],
    holds: changed === 1 && reported && same,
  };
}

const sameRecord = (a: OpenedParts, b: OpenedParts): boolean =>
  equalPublic(a.rid, b.rid) && a.version === b.version && textOf(a) === textOf(b);

const textOf = ({ bodies }: OpenedParts): string =>
  Object.entries(bodies)
    .map(([part, body]) => `${part} ${JSON.stringify(body, (_, value) => (value instanceof Uint8Array ? hex(value) : value))}`)
    .join('\n');

/** The pulse that was measured at a moment, out of everything that opened. */
function pulseAt(opened: OpenedChart, at: number): number | undefined {
  for (const { resource } of recordsOf(opened).flatMap(({ entries }) => entries)) {
    const when = own(resource, 'effectiveDateTime');
    if (typeof when !== 'string' || Date.parse(when) !== at || !printJson((own(resource, 'code') ?? null) as Json).includes('"8867-4"'))
      continue;
    const quantity = own(resource, 'valueQuantity');
    if (quantity !== undefined) return Number(/"value":([\d.]+)/.exec(printJson(quantity))?.[1]);
  }
  return undefined;
}

/**
 * FHIR resources on their way into sealed parts and back.
 *
 * @module
 */
import { type Entry, isObject, type Json, type Part, parseJson, parts, printJson } from '@carelet/care/model';
import { toObservations } from '@carelet/care/rules/observation';
import { merging, type Portion, partition } from '@carelet/care/rules/records';
import { categoryOf } from '@carelet/care/rules/records/kind';
import { periodOf } from '@carelet/care/rules/records/when';
import { unpackStrip } from '@carelet/care/rules/strip';
import { type Bytes, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import type { WriterChart } from '../keyring/keyring.ts';
import { encodeBody } from './body.ts';
import type { OpenedChart, OpenedParts } from './reader.ts';
import type { Draft } from './writer.ts';

/** A resource as its chart's writer will seal it; the paths R4 does not know, and the dates that never were. */
export function draftOf(
  entry: Entry,
  chart: Pick<WriterChart, 'pat' | 'references' | 'words'>,
): {
  draft: Draft;
  unknown: readonly string[];
  impossible: readonly string[];
} {
  const { resource } = entry;
  const { unknown, ...portions } = partition(entry, { pat: hex(chart.pat), references: chart.references, words: chart.words });
  const { period, impossible } = periodOf(resource);
  const bodies: { [X in Part]?: Bytes } = {};
  for (const part of parts) {
    const portion = portions[part];
    if (portion) bodies[part] = encodeBody({ kind: 'fhir', json: printJson(portion as Json) });
  }
  return {
    draft: {
      type: resource.resourceType,
      id: identityOf(entry),
      bodies,
      category: categoryOf(resource),
      period,
    },
    unknown,
    impossible,
  };
}

/** What makes a resource the same one at the next import: its id, else its address, else its very content. */
export function identityOf({ resource, fullUrl }: Entry): string {
  if (typeof resource.id === 'string') return resource.id;
  return fullUrl ?? `sha256:${hex(sha256(utf8(printJson(resource))))}`;
}

/** The chart's own record: how imported resources name this patient. */
export function chartDraft(references: readonly string[]): Draft {
  return {
    type: 'chart',
    id: '',
    bodies: { EID: encodeBody({ kind: 'chart', references }) },
    category: { kind: 'identity', conf: 'N', sens: 'none' },
    period: 'always',
  };
}

/** An opened record in FHIR: one resource, or a strip's many observations. */
export type OpenedRecord = OpenedParts & { readonly entries: readonly Entry[] };

/**
 * The records of an opened chart as FHIR.
 *
 * Where the chart's own record is withheld, the patient keeps his pseudonym. A record that cannot be read joins the
 * chart's problems.
 */
export function recordsOf({ chart, records, problems }: OpenedChart): OpenedRecord[] {
  const pat = hex(chart.pat);
  const own = records.find(({ bodies }) => bodies.EID?.kind === 'chart')?.bodies.EID;
  const references = own?.kind === 'chart' ? own.references : [];
  const merge = merging({ pat, references });
  return records.flatMap((record): OpenedRecord[] => {
    try {
      return read(record);
    } catch {
      // Authentic and unreadable: its author's mistake or malice. It hides nothing else.
      problems.push({ kind: 'tampered', what: 'a record was sealed in a form nobody can read', rowId: record.rows[0]!.rowId });
      return [];
    }
  });

  function read(record: OpenedParts): OpenedRecord[] {
    const { MI } = record.bodies;
    if (MI?.kind === 'strip') {
      const device = hex(MI.device);
      const readings = unpackStrip(MI.packed);
      const patient = references[0] ?? `Patient/${pat}`;
      return [
        {
          ...record,
          entries: toObservations(readings, { patient, device: `Device/${device}`, strip: MI.number }).map((resource) => ({ resource })),
        },
      ];
    }
    const portions: { [X in Part]?: Portion } = {};
    for (const part of parts) {
      const body = record.bodies[part];
      if (body?.kind !== 'fhir') continue;
      const portion = parseJson(body.json);
      if (!isObject(portion) || !isObject(portion.resource)) throw new TypeError('a portion without a resource');
      portions[part] = portion as unknown as Portion;
    }
    if (Object.keys(portions).length === 0) return [];
    return [{ ...record, entries: [merge(portions)] }];
  }
}

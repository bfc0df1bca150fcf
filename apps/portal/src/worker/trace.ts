/**
 * Heart traces for pages.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { at, textIn } from '@carelet/care/rules/chart/fhir';
import { itemOf } from '@carelet/care/rules/chart/item';
import { rhythmOf } from '@carelet/care/rules/chart/rhythm';
import { heartTraceOf } from '@carelet/care/rules/chart/trace';
import type { HeartTrace } from '../house/vitals.ts';
import type { PatientView, Shown } from './view.ts';

/** Seconds of a first look. */
const firstLook = 10;

/**
 * The waveforms of a record; of a strip with several blocks the first that holds any.
 *
 * @throws {CareletError} `missing` for a record without a trace
 */
export function traceOf(view: PatientView, record: Shown): HeartTrace {
  const trace = traceIn(view, record);
  if (!trace) throw new CareletError('missing', 'show trace', { because: 'this record holds none' });
  return trace;
}

/** The beginning of a record's trace; `null` where there is none. */
export function beginningOf(view: PatientView, record: Shown): HeartTrace | null {
  const trace = traceIn(view, record);
  if (!trace || trace.seconds <= firstLook) return trace;
  const leads = trace.leads.map(({ name, perSecond, millivolts }) => ({
    name,
    perSecond,
    millivolts: millivolts.slice(0, Math.ceil(firstLook * perSecond)),
  }));
  return { ...trace, seconds: firstLook, leads };
}

function traceIn(view: PatientView, { entries }: Shown): HeartTrace | null {
  for (const { resource } of entries) {
    const found = heartTraceOf(resource);
    const [first] = found?.leads ?? [];
    if (!found || !first) continue;
    const { kind, perMinute } = rhythmOf(first);
    return {
      start: found.start ?? itemOf(resource).when?.start ?? 0,
      seconds: Math.max(...found.leads.map(({ millivolts, samplesPerSecond }) => millivolts.length / samplesPerSecond)),
      leads: found.leads.map(({ name, samplesPerSecond, millivolts }) => ({ name: name ?? '', perSecond: samplesPerSecond, millivolts })),
      device: view.deviceName(textIn(at(resource.device, 'reference')) ?? textIn(at(resource.device, 'display'))),
      rhythm: kind === 'unclear' || perMinute === null ? null : { rate: perMinute, even: kind === 'regular' },
    };
  }
  return null;
}

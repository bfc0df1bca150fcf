/**
 * How whoever writes a chart follows its owner's limits: read before each batch, never an older one than before, and signed for.
 *
 * Each word of hers begins new trees, so that node keys somebody kept open nothing that is written from then on. Locks for roles are
 * made anew where the cloud has none: it deleted them when the chart began to open otherwise.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { decodeCard } from '@carelet/crypto/cards/card';
import { followLimits, hashOfLimits, limitsIn, signFollowed } from '@carelet/crypto/records/limits';
import type { Keyring, WriterChart } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';

/** What no lock was brought up to date on: all of them are looked at. */
const beforeAnyDay = '0001-01-01';

/** How often the owner of a chart has said limits: its trees begin anew each time. */
export const limitsSaid = ({ limits }: Pick<WriterChart, 'limits'>): number => (limits ? limitsIn(limits)!.seq : 0);

/** Whether roles open a chart to named doctors only. */
export const opensByName = ({ limits }: Pick<WriterChart, 'limits'>): boolean => limits !== null && limitsIn(limits)!.byName;

/**
 * Reads what a chart's owner limits, and says that it is followed. The chart remembers it; to be kept before anything is written by it.
 *
 * @throws {CareletError} `tampered` when the cloud shows other limits than the owner's newest that was seen
 */
export async function followChart({ keyring, cloud }: { keyring: Keyring; cloud: Cloud }, chart: WriterChart): Promise<void> {
  const owner = decodeCard(chart.owner)!;
  if (owner.kind !== 'patient') return;
  const { pat } = chart;
  const { state, followed } = await cloud.limits.state({ pat });
  const refuse = (because: string) => new CareletError('tampered', 'read limits', { because });
  if (!state) {
    if (chart.limits) throw refuse('the cloud shows an older state of a chart’s limits than it did before');
    return;
  }
  const known = chart.limits && { seq: limitsSaid(chart), hash: hashOfLimits(chart.limits) };
  const read = followLimits(known, state, { pat, edVk: owner.edVk });
  if (read.kind !== 'follows') {
    throw refuse(
      read.because === 'older'
        ? 'the cloud shows an older state of a chart’s limits than it did before'
        : 'what is said of a chart’s limits is not its owner’s',
    );
  }
  if (read.head.seq !== known?.seq) {
    chart.limits = state;
    chart.renewed = beforeAnyDay;
  }
  // Also where an earlier answer was lost.
  if (!followed) await cloud.limits.follow({ pat, followed: signFollowed(keyring.secrets.edSk, pat, state) });
}

/**
 * Limits at a patient's door: not this doctor, and only doctors who are named for her.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { ChartRef } from '@carelet/client/records/reader';
import { renewDevices } from '@carelet/client/session/renew';
import { allow, deny } from '@carelet/client/sharing/deny';
import { limit, limitsOf, type OwnLimits, ownCharts } from '@carelet/client/sharing/limits';
import { deniedOnes, doctorsIn } from '@carelet/client/sharing/people';
import { renewConsents } from '@carelet/client/sharing/renew';
import type { SharingOptions } from '@carelet/client/sharing/share';
import { hex, unhex } from '@carelet/crypto/algebra/bytes';
import type { DeniedDoctor, LimitedPlace, Limits, LimitsHouse } from '../house/limits.ts';
import type { ShareDoctor } from '../house/sharing.ts';
import type { InTurn } from './turns.ts';

type LimitsAround = {
  readonly options: SharingOptions;
  /** Beside sharing, which changes the same memory. */
  readonly inTurn: InTurn;
  /** The doctors of the town. */
  readonly directory: () => Promise<ShareDoctor[]>;
};

/** A chart of hers and what she said of it. */
type Limited = { readonly chart: ChartRef; readonly limits: OwnLimits | null };

export function limitsAt({ options, inTurn, directory }: LimitsAround): LimitsHouse {
  const { keyring } = options;

  async function limited(): Promise<Limited[]> {
    const charts = await ownCharts(options);
    return Promise.all(charts.map(async (chart) => ({ chart, limits: await limitsOf(options, chart) })));
  }

  return {
    async limits(): Promise<Limits> {
      const all = await limited();
      const places = all.map(
        ({ chart, limits }): LimitedPlace => ({
          chart: hex(chart.pat),
          place: placeOf(keyring, hex(chart.writer)),
          byName: limits?.byName ?? false,
          following: limits?.following ?? null,
        }),
      );
      // Whoever is denied is told by number where the town cannot be asked for the name.
      const known = all.some(({ limits }) => limits && limits.denied.length > 0) ? await directory().catch(() => []) : [];
      return { places: places.toSorted((a, b) => a.place.localeCompare(b.place)), denied: deniedIn(all, known) };
    },

    people: async () =>
      doctorsIn(await directory()).map(({ name, numbers }) => ({
        ids: numbers.map(({ id }) => id),
        name,
        specialty: numbers[0]!.specialty,
        places: placesIn(numbers),
      })),

    async deny(doctor) {
      const cards = doctor.map(cardIn);
      // Whatever else is under way, the cloud obeys from here on.
      for (const chart of await ownCharts(options)) for (const card of cards) await limit(options, chart, { deny: card });
      return inTurn(async () => {
        let [left, grants] = [0, 0];
        for (const card of cards) {
          const denied = await deny(options, card);
          left += denied.left;
          grants += denied.grants;
        }
        // What was taken back begins new locks for whoever else reads; nobody waits for that.
        if (grants > 0) void inTurn(() => renewConsents(options)).catch(() => {});
        return left === 0 ? 'told' : 'half';
      });
    },

    allow: (doctor) =>
      inTurn(async () => {
        for (const card of doctor.map(cardIn)) await allow(options, card);
      }),

    nameOnly: (id, byName) =>
      inTurn(async () => {
        const chart = (await ownCharts(options)).find(({ pat }) => hex(pat) === id);
        if (!chart) throw new CareletError('missing', 'limit a chart', { because: 'no chart of yours has this number' });
        await limit(options, chart, { byName });
        // What her devices wrote is locked anew by her own client; a clinic that is away is asked again at the next unlocking.
        void inTurn(() => renewDevices(options)).catch(() => {});
      }),
  };
}

function cardIn(id: string): Uint8Array {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new CareletError('invalid', 'limit a chart', { because: 'this is no number of a card' });
  return unhex(id);
}

const placeOf = ({ manifest }: Keyring, organisation: string): string =>
  manifest.domains.find((domain) => hex(domain.organisation) === organisation)?.name ?? organisation.slice(0, 8);

/** Where somebody works, by name. */
const placesIn = (numbers: readonly ShareDoctor[]): string[] => numbers.map(({ organisation }) => organisation).sort();

/** Whoever is denied anything, one for all numbers of a name, by name. */
function deniedIn(all: readonly Limited[], known: readonly ShareDoctor[]): DeniedDoctor[] {
  const denied = all.map(({ limits }) => limits?.denied.map(hex) ?? []);
  return deniedOnes(known, denied)
    .map(({ name, numbers, ids, free, everywhere }) => ({
      ids,
      name: name ?? ids[0]!.slice(0, 8),
      specialty: numbers[0]?.specialty ?? null,
      places: placesIn(numbers),
      free: placesIn(free),
      everywhere,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

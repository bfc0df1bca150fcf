/**
 * What a story is: something that writes one person's life into charts.
 *
 * @module
 */
import type { OrganisationSlug, Patient } from '../cast.ts';
import type { Calendar } from './calendar.ts';
import type { Chance } from './chance.ts';
import type { Chart } from './chart.ts';

export type Telling = {
  readonly person: Patient;
  readonly time: Calendar;
  readonly chance: Chance;
  /** The person's chart at an organisation that knows her. */
  chart(slug: OrganisationSlug): Chart;
};

export type Story = (telling: Telling) => void;

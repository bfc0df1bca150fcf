/**
 * Zoë: eight, asthmatic, growing.
 *
 * Pollen in spring and colds in autumn take her breath; in September, soon after school began, they took it for
 * a night. Since then a daily inhaler keeps her peak flow up. Her height has followed its line since birth.
 *
 * @module
 */
import { bill } from '../billing.ts';
import { along, answer, type Illness, ill, wandering } from '../body.ts';
import { age, date, day, dayOf, hour, type Moment, minute, wall, workday } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { findings, medicines, procedures, vaccines } from '../codes.ts';
import { heartTrace } from '../ecg.ts';
import { allergy, condition } from '../findings.ts';
import { laboratory } from '../laboratory.ts';
import { note } from '../notes.ts';
import { build, device, measure, vitalSigns } from '../readings.ts';
import type { Story, Telling } from '../story.ts';
import { plan, prescribe, procedure, vaccinate } from '../treatment.ts';
import { visit } from '../visits.ts';

export const zoe: Story = (telling) => {
  const clinic = telling.chart('millbrook');
  const attack: Illness = { from: telling.time.last(9, 17, '15:00'), days: 6 };
  home(telling, clinic, attack);
  growing(telling, clinic, attack);
  hospital(telling, telling.chart('st-brigids'), attack);
};

/** Girls' median height and weight by age (WHO growth standards, rounded); she is a little taller and lighter. */
const heights = [
  [0, 49.1],
  [1, 74],
  [2, 85.7],
  [3, 95.1],
  [4, 102.7],
  [5, 109.4],
  [6, 115.1],
  [7, 120.8],
  [8, 126.6],
  [9, 132.5],
  [10, 138.6],
  [12, 151.2],
  [15, 161.7],
] as const;
const weights = [
  [0, 3.2],
  [1, 8.9],
  [2, 11.5],
  [3, 13.9],
  [4, 16.1],
  [5, 18.2],
  [6, 20.2],
  [7, 22.4],
  [8, 25],
  [9, 28.2],
  [10, 31.9],
  [12, 41.5],
  [15, 52],
] as const;

export const heightAt = (born: string, at: Moment): number => 1.015 * along(heights, age(born, at));
const weightAt = (born: string, at: Moment): number => 0.97 * along(weights, age(born, at));

/** When she came to St Brigid's, and how long she stayed. */
const arrivalOf = (attack: Illness): Moment => attack.from + 31 * hour;
const stayed = 40 * hour;

/** How much pollen there is: a hill from April to July. */
function pollen(at: Moment): number {
  const year = new Date(at).getUTCFullYear();
  return Math.exp(-(((at - Date.UTC(year, 4, 22)) / (28 * day)) ** 2));
}

function home(telling: Telling, chart: Chart, attack: Illness): void {
  const { time, chance, person } = telling;
  const meter = device(chart, 'Peak flow meter', 'PF-C');
  const clip = device(chart, 'Finger clip', 'OX-K');
  const blow = wandering(chance.fork('peak flow'), 8);
  const clock = chance.fork('clock');
  const arrival = arrivalOf(attack);
  const cold: Illness = { from: time.last(12, 4), days: 6 };
  for (const dayOfLife of time.days()) {
    if (age(person.born, dayOfLife) < 5) continue;
    const weekday = new Date(dayOfLife).getUTCDay();
    const at = wall(dayOfLife, '07:10') + clock.whole(0, 20) * minute;
    if (at > arrival && at < arrival + stayed) continue;
    const preventer = answer(at, attack.from + 2 * day, 14);
    const best = 5 * (heightAt(person.born, at) - 80);
    const sick = Math.min(1, ill(at, attack) + 0.4 * ill(at, cold));
    const share = 0.88 + 0.08 * preventer - 0.09 * pollen(at) * (1 - preventer) - 0.38 * sick;
    if (sick > 0.2 || weekday === 1 || weekday === 3 || weekday === 5 || weekday === 0)
      measure(chart, 'peakFlow', { at, device: meter }, Math.round((best * share + blow()) / 5) * 5);
    if (weekday === 3)
      measure(chart, 'oxygen', { at: at + 2 * minute, device: clip }, Math.min(99, Math.round(97.6 - 5 * sick + clock.normal(0, 0.5))));
    if (sick > 0.2) measure(chart, 'temperature', { at: at + 5 * minute }, 36.7 + 1.6 * sick + clock.normal(0, 0.1));
  }
}

function growing({ time, person }: Telling, chart: Chart, attack: Illness): void {
  const asthma = condition(chart, findings.asthma, { onset: '2022-10', by: 'dr-novak' });
  condition(chart, findings.eczema, { onset: '2019', until: dayOf('2023-06-01'), by: 'dr-novak' });
  allergy(chart, findings.peanut, {
    onset: '2020-08',
    category: 'food',
    criticality: 'high',
    reaction: findings.anaphylaxis,
    severity: 'severe',
    by: 'dr-novak',
    note: 'Hives, swollen lips and wheeze ten minutes after half a biscuit. Skin test positive.',
  });
  const { born } = person;
  const months = (count: number): string => date(dayOf(born) + count * 30.44 * day + 4 * day);
  for (const [dose, age_] of [2, 3, 4].entries()) vaccinate(chart, vaccines.sixInOne, months(age_), dose + 1);
  for (const [dose, age_] of [2, 3].entries()) vaccinate(chart, vaccines.rotavirus, months(age_), dose + 1);
  for (const [dose, age_] of [2, 4, 12].entries()) vaccinate(chart, vaccines.meningococcal, months(age_), dose + 1);
  for (const [dose, age_] of [3, 12].entries()) vaccinate(chart, vaccines.pneumococcalChild, months(age_), dose + 1);
  for (const [dose, age_] of [12, 40].entries()) vaccinate(chart, vaccines.mmr, months(age_), dose + 1);
  vaccinate(chart, vaccines.preschool, months(40));
  for (let year = 2021; year <= new Date(time.to).getUTCFullYear(); year++)
    vaccinate(chart, vaccines.influenza, `${year}-11-0${2 + (year % 6)}`);
  prescribe(chart, {
    medicine: medicines.salbutamol,
    strength: '100 microgram',
    how: 'Two puffs through the spacer when she wheezes',
    daily: 0,
    since: '2022-10',
    by: 'dr-novak',
    why: [asthma],
  });
  prescribe(chart, {
    medicine: medicines.adrenaline,
    strength: '150 microgram',
    how: 'Into the thigh at once for swelling or wheeze after peanut, then call an ambulance',
    daily: 0,
    since: '2020-09',
    by: 'dr-novak',
  });
  prescribe(chart, {
    medicine: medicines.cetirizine,
    strength: '5 mg',
    how: 'Once a day from April to July',
    daily: 1,
    since: time.last(4, 12),
    until: time.last(4, 12) + 100 * day,
    by: 'dr-novak',
  });
  const yearly = time.workday(330, '15:40');
  const spring = workday(attack.from - 112 * day, '16:10');
  for (const when of [yearly, time.workday(238, '15:40'), spring, workday(attack.from + 6 * day, '11:30')]) {
    visit(chart, { at: when, by: 'dr-novak', why: when === yearly ? findings.checkUp : findings.asthma }, (check) => {
      const { at } = check;
      build(chart, { at: at + 5 * minute, visit: check }, weightAt(born, at), heightAt(born, at));
      vitalSigns(chart, check, { pulse: 86, oxygen: 98, breathing: 19, ...(when === yearly ? { pressure: [98, 60] as const } : {}) });
      if (when === spring) {
        note(chart, check, {
          kind: 'visit',
          title: 'Asthma and pollen',
          sections: [
            [
              'Since last time',
              'Sneezes and wheezes since the birches flowered; salbutamol on four days of seven, woke twice last week. Football goes well if she takes two puffs before. Her father keeps the peak flow diary with her.',
            ],
            [
              'Findings',
              `Height ${heightAt(born, at).toFixed(1)} cm, weight ${weightAt(born, at).toFixed(1)} kg: both along their lines. Soft wheeze at the end of a long breath out, gone after two puffs. Nose pale and swollen.`,
            ],
            [
              'Judgement',
              'Asthma not quite controlled in the pollen season. A daily inhaler was offered; the parents want to wait until the autumn.',
            ],
            [
              'Plan',
              'Cetirizine until the end of July. Spacer technique shown again. Written plan in green, amber and red for home and school. Daily beclometasone if she still needs salbutamol more than twice a week in September.',
            ],
          ],
        });
      }
      if (when === yearly) {
        note(chart, check, {
          kind: 'visit',
          title: 'Yearly check of a growing child',
          sections: [
            [
              'Since last time',
              'Reads under the blanket, plays football, has two best friends. Eats everything but fish; the whole class knows about peanuts. One cold with wheeze since last time.',
            ],
            [
              'Findings',
              `Height ${heightAt(born, at).toFixed(1)} cm, weight ${weightAt(born, at).toFixed(1)} kg. Heart and lungs without finding. Sees and hears well. Milk teeth going in order.`,
            ],
            ['Judgement', 'A well child. Asthma that comes with colds and pollen; peanut allergy.'],
            [
              'Plan',
              'Salbutamol as needed. Adrenaline pen checked, good until next summer; one at home, one at school. Influenza vaccine every November. Next visit in three months.',
            ],
          ],
        });
      }
    });
  }
  plan(chart, {
    title: 'Asthma plan, green amber red',
    since: spring,
    by: 'dr-novak',
    about: [asthma],
    steps: [
      'Green, above 80 % of her best: as usual',
      'Amber, 60 to 80 %: two puffs, and again after ten minutes',
      'Red, below 60 %: ten puffs and an ambulance',
      'The peanut pen travels with her',
    ],
  });
}

function hospital({ time, chance, person }: Telling, chart: Chart, attack: Illness): void {
  const asthma = condition(chart, findings.asthma, { onset: '2022', by: 'dr-walsh' });
  allergy(chart, findings.peanut, {
    onset: '2020',
    category: 'food',
    criticality: 'high',
    reaction: findings.anaphylaxis,
    severity: 'severe',
    by: 'dr-walsh',
  });
  const arrival = arrivalOf(attack);
  const stay = visit(
    chart,
    { at: arrival, minutes: stayed / minute, kind: 'emergency', by: 'dr-walsh', why: findings.asthmaAttack },
    (night) => {
      const small = chance.fork('night');
      for (let round = 0; round < 10; round++) {
        const sick = Math.exp(-round / 3.2);
        const noise = (deviation: number): number => (round === 0 ? 0 : small.normal(0, deviation));
        const signs = {
          oxygen: Math.min(99, 97.5 - 6.5 * sick + noise(0.4)),
          pulse: 96 + 46 * sick + noise(3),
          breathing: 22 + 18 * sick + noise(0.8),
          ...(round % 3 === 0 ? { temperature: 36.8 + 1.1 * sick } : {}),
        };
        vitalSigns(chart, night, signs, arrival + 5 * minute + round * (round < 4 ? 40 : 180) * minute);
      }
      measure(chart, 'weight', { at: arrival + 3 * minute, visit: night }, weightAt(person.born, arrival));
      procedure(chart, procedures.nebuliser, {
        at: arrival + 8 * minute,
        by: 'dr-walsh',
        visit: night,
        outcome: 'Salbutamol and ipratropium, three rounds in the first hour.',
      });
      heartTrace(chart, { at: arrival + 25 * minute, visit: night, note: 'Under salbutamol.' }, 138);
      laboratory(
        chart,
        'blood',
        { at: arrival + 30 * minute, by: 'dr-walsh', visit: night, conclusion: 'Fits a cold in an allergic child.' },
        { haemoglobin: 12.6, whiteCells: 11.4, platelets: 318, crp: 9.8, eosinophils: 0.71 },
      );
      note(chart, night, {
        kind: 'discharge',
        title: 'Asthma attack with a cold',
        sections: [
          [
            'Why she came',
            'Cold since yesterday afternoon, soon after school began. Wheeze since the evening, ten puffs through the spacer twice with little help, could not finish a sentence. Peak flow in the red. No peanut, no new food.',
          ],
          [
            'On arrival',
            'Sits upright, uses her neck muscles, 40 breaths a minute. Oxygen 91 %, pulse 142. Wheeze everywhere, both lungs open. Temperature 37.9 °C.',
          ],
          [
            'Course',
            'Three rounds of salbutamol and ipratropium, prednisolone 40 mg by mouth. Speaking in sentences after ninety minutes, oxygen 96 % without help in the early morning. Salbutamol every four hours by noon. Heart trace fast under salbutamol, otherwise as it should be.',
          ],
          ['At discharge', 'Plays, eats, 22 breaths a minute, oxygen 97 to 98 %. Both parents show the spacer without a mistake.'],
          [
            'Plan',
            'Prednisolone for two more days. From today beclometasone 100 microgram morning and evening, every day, also when well; rinse the mouth. Dr Novák within three days, here again in six weeks. The plan in three colours goes to school.',
          ],
        ],
      });
      bill(
        chart,
        night,
        findings.asthmaAttack,
        [
          ['Children’s emergency, level 4', 296],
          ['Observation, one night', 410.6],
          ['Medicines', 23.15],
        ],
        1,
      );
    },
  );
  condition(chart, findings.asthmaAttack, { onset: attack.from + 20 * hour, until: arrival + 5 * day, by: 'dr-walsh', visit: stay });
  const prescription = { by: 'dr-walsh', visit: stay, why: [asthma] };
  prescribe(chart, {
    medicine: medicines.prednisolone,
    strength: '40 mg',
    how: 'Once a day with breakfast, for three days',
    daily: 1,
    since: arrival + hour,
    until: arrival + 3 * day,
    ...prescription,
  });
  prescribe(chart, {
    medicine: medicines.beclometasone,
    strength: '100 microgram',
    how: 'One puff morning and evening through the spacer',
    daily: 2,
    since: arrival + 38 * hour,
    ...prescription,
  });
  visit(chart, { at: workday(arrival + 44 * day, '14:20'), by: 'dr-walsh', why: findings.asthma }, (control) => {
    build(chart, { at: control.at + 5 * minute, visit: control }, weightAt(person.born, control.at), heightAt(person.born, control.at));
    vitalSigns(chart, control, { oxygen: 99, pulse: 84, breathing: 18 });
    note(chart, control, {
      kind: 'letter',
      title: 'Six weeks on a daily inhaler',
      sections: [
        [
          'Since last time',
          'Salbutamol once in three weeks, before a match. Sleeps through. Peak flow in the green every morning since the end of the attack.',
        ],
        ['Findings', 'No wheeze, also after running up the stairs. Mouth clean. Breathing test at 96 % of what her height lets expect.'],
        [
          'Plan',
          'Beclometasone through the winter at this dose; half of it in spring if all stays quiet, before the pollen decide together. Thank you to Dr Novák for seeing her so soon.',
        ],
      ],
    });
  });
  if (time.holds(arrival))
    plan(chart, {
      title: 'After the attack',
      since: arrival,
      by: 'dr-walsh',
      about: [asthma],
      steps: ['Inhaler twice every day', 'Here again in six weeks'],
    });
}

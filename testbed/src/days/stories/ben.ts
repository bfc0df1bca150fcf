/**
 * Ben: lungs worn by smoking, and a diabetes found this year.
 *
 * A cold put him in hospital for four days; the cortisone that helped him breathe brought his sugar to light.
 * Metformin brings it down. This morning his oxygen has fallen again.
 *
 * @module
 */
import { bill } from '../billing.ts';
import { along, answer, type Illness, ill, wandering } from '../body.ts';
import { day, hour, type Moment, minute, spoken, wall, winter } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { findings, medicines, procedures, vaccines } from '../codes.ts';
import { heartTrace } from '../ecg.ts';
import { allergy, condition } from '../findings.ts';
import { kidneys, laboratory, lipids } from '../laboratory.ts';
import { note } from '../notes.ts';
import { build, device, measure, smoking, vitalSigns } from '../readings.ts';
import type { Story, Telling } from '../story.ts';
import { plan, prescribe, procedure, takes, vaccinate } from '../treatment.ts';
import { visit } from '../visits.ts';

export const ben: Story = (telling) => {
  const clinic = telling.chart('harbour');
  const flare: Illness = { from: telling.time.ago(313, '16:00'), days: 9 };
  home(telling, clinic, flare);
  lungs(telling, clinic);
  sugar(telling, clinic);
  admission(telling, telling.chart('larkfield'), flare);
};

/** When the clinic gave him a finger clip for home, in days before `to`. */
const clipSince = 345;
/** When metformin began, in days before `to`. */
export const metforminSince = 205;

/** When he came to Larkfield, and how long he stayed. */
const arrivalOf = (flare: Illness): Moment => flare.from + 26 * hour;
const stayed = 4 * day;

/** Fasting sugar before and after metformin, in mmol/L. */
const fasting = (telling: Telling, at: Moment): number => 10.4 - 3.6 * answer(at, telling.time.ago(metforminSince), 25);

function home(telling: Telling, chart: Chart, flare: Illness): void {
  const { time, chance } = telling;
  const clip = device(chart, 'Finger clip', 'OX-1');
  const meter = device(chart, 'Glucose meter', 'GM-3');
  const scale = device(chart, 'Bathroom scale', 'BS-7');
  const [air, beat] = [wandering(chance.fork('oxygen'), 0.7), wandering(chance.fork('pulse'), 3)];
  const [mmol, kilograms] = [wandering(chance.fork('glucose'), 0.5), wandering(chance.fork('weight'), 0.4, 0.8)];
  const clock = chance.fork('clock');
  const worse: Illness = { from: time.ago(2, '12:00'), days: 8 };
  const breath = (at: Moment): void => {
    const sick = ill(at, flare) + 0.45 * ill(at, worse);
    measure(chart, 'oxygen', { at, device: clip }, Math.min(98, 94.6 - 0.6 * winter(at) - 8 * sick + air()));
    const pulse = 78 + 22 * sick + beat();
    if (sick > 0.05 || new Date(at).getUTCDay() === 5) measure(chart, 'pulse', { at: at + minute, device: clip }, pulse);
  };
  for (const date of time.days()) {
    const weekday = new Date(date).getUTCDay();
    const back = Math.round((time.ago(0) - wall(date, '09:00')) / day);
    if (date > arrivalOf(flare) && date < arrivalOf(flare) + stayed) continue;
    const at = (hourOfDay: string): Moment => wall(date, hourOfDay) + clock.whole(0, 25) * minute;
    if (back > 0 && back < clipSince && (weekday === 1 || weekday === 5 || back < 10)) breath(at('07:05'));
    if (back < metforminSince - 1 && back > 0 && (weekday === 2 || weekday === 6))
      measure(chart, 'glucose', { at: at('06:50'), device: meter }, fasting(telling, date) + mmol());
    if (weekday === 0)
      measure(
        chart,
        'weight',
        { at: at('08:30'), device: scale },
        along(
          [
            [-365, 96.8],
            [-metforminSince, 96.1],
            [0, 91.2],
          ],
          -back,
        ) + kilograms(),
      );
  }
  measure(chart, 'oxygen', { at: time.ago(0, '06:40'), device: clip, note: 'Woke short of breath.' }, 88);
  measure(chart, 'pulse', { at: time.ago(0, '06:41'), device: clip }, 96);
  measure(chart, 'oxygen', { at: time.ago(0, '07:35'), device: clip, note: 'After two puffs of salbutamol.' }, 90);
}

function lungs({ time }: Telling, chart: Chart): void {
  const copd = condition(chart, findings.copd, { onset: '2019', by: 'dr-tan', note: 'Breathing test of 2019: FEV1 61 % of expected.' });
  procedure(chart, procedures.appendix, { at: '2016', by: 'dr-tan' });
  allergy(chart, findings.latex, {
    onset: '2008',
    category: 'environment',
    criticality: 'low',
    reaction: findings.hives,
    severity: 'mild',
    by: 'dr-tan',
    note: 'Gloves at work.',
  });
  const since = { by: 'dr-tan', why: [copd] };
  prescribe(chart, {
    medicine: medicines.tiotropium,
    strength: '5 microgram',
    how: 'Two puffs each morning',
    daily: 1,
    since: '2019-11',
    ...since,
  });
  prescribe(chart, {
    medicine: medicines.salbutamol,
    strength: '100 microgram',
    how: 'Two puffs when short of breath',
    daily: 0,
    since: '2019-11',
    ...since,
  });
  for (let year = new Date(time.to).getUTCFullYear() - 6; year <= new Date(time.to).getUTCFullYear(); year++)
    vaccinate(chart, vaccines.influenza, `${year}-10-1${year % 9}`);
  vaccinate(chart, vaccines.pneumococcal, '2019-12-03');
  vaccinate(chart, vaccines.covid, '2021-04-20', 1);
  vaccinate(chart, vaccines.covid, '2021-07-06', 2);
  visit(chart, { at: time.workday(clipSince, '15:00'), by: 'dr-tan', why: findings.copd }, (autumn) => {
    vitalSigns(chart, autumn, { pressure: [132, 82], pulse: 78, oxygen: 94, breathing: 17 });
    build(chart, { at: autumn.at + 8 * minute, visit: autumn }, 96.9, 181);
    smoking(chart, { at: autumn.at, visit: autumn }, findings.exSmoker);
    procedure(chart, procedures.spirometry, {
      at: autumn.at + 15 * minute,
      by: 'dr-tan',
      visit: autumn,
      outcome: 'FEV1 2.05 L, 58 % of expected; FEV1/FVC 0.61; no change after salbutamol.',
    });
    note(chart, autumn, {
      kind: 'visit',
      title: 'Lungs, the yearly look',
      sections: [
        [
          'Since last time',
          'One flat of stairs without stopping, two with a rest. Coughs in the morning, clear phlegm. No flare for a year. Has not smoked since 2019, after thirty-five pack-years.',
        ],
        [
          'Findings',
          'Oxygen 94 % at rest. Breathing 17 a minute, long breath out, no crackles. Ankles slim. Breathing test as a year ago: FEV1 58 % of expected.',
        ],
        ['Judgement', 'COPD, moderate, steady. Inhaler technique good after one correction: breathe out first.'],
        [
          'Plan',
          'Tiotropium each morning, salbutamol when needed. Finger clip for home, Mondays and Fridays; a call below 90 %. Influenza vaccine every October. Rescue pack at home: prednisolone and doxycycline, to be started only after a call.',
        ],
      ],
    });
  });
  visit(chart, { at: time.workday(30, '10:10'), by: 'dr-tan', why: findings.copd }, (now) => {
    vitalSigns(chart, now, { pressure: [128, 79], pulse: 77, oxygen: 94, breathing: 16 });
    note(chart, now, {
      kind: 'visit',
      title: 'A good half year',
      sections: [
        ['Since last time', 'Walked to the lighthouse and back. Five kilograms lighter. Salbutamol about twice a week.'],
        ['Findings', 'Oxygen 94 % at rest, 91 % after six minutes of walking (410 m). Chest quiet.'],
        [
          'Plan',
          'As before. Lung doctor Dr Jonas Lind starts here on the first of next month; first visit with him in that week. Ben knows the three signs of a flare: more breathless, more phlegm, another colour.',
        ],
      ],
    });
  });
  plan(chart, {
    title: 'Breathing well',
    since: time.workday(clipSince, '15:00'),
    by: 'dr-tan',
    about: [copd],
    steps: [
      'Finger clip on Mondays and Fridays',
      'Call below 90 %',
      'Rescue pack only after a call',
      'Walk every day, also in bad weather',
    ],
  });
}

function sugar({ time, chance }: Telling, chart: Chart): void {
  const small = chance.fork('blood');
  const found = visit(chart, { at: time.workday(metforminSince, '08:20'), by: 'dr-tan', why: findings.diabetes }, (first) => {
    const sample = { at: first.at + 10 * minute, by: 'dr-tan', visit: first };
    vitalSigns(chart, first, { pressure: [134, 84], pulse: 80, oxygen: 94 });
    laboratory(chart, 'sugar', { ...sample, conclusion: 'Diabetes: second value above 6.5 %.' }, { hba1c: 8.4, glucose: 10.2 });
    laboratory(chart, 'kidneys', sample, { ...kidneys(chart, first.at, 84, 4.3, 139), urineAlbumin: 11 });
    laboratory(chart, 'lipids', sample, lipids(5.3, 1.05, 2.2));
    laboratory(chart, 'liver', sample, { alt: 38, ast: 27 });
    note(chart, first, {
      kind: 'visit',
      title: 'Diabetes, new',
      sections: [
        [
          'History',
          'On the ward three months ago the sugar reached 14 under prednisolone. Long after the last tablet it was still 9.8 fasting, so this is not cortisone alone. Thirsty for weeks, up twice a night. His father and one sister have diabetes.',
        ],
        [
          'Findings',
          'HbA1c 8.4 %, fasting sugar 10.2 mmol/L. Kidney values and urine normal. Feet: pulses felt, feeling whole. Weight 96 kg at 181 cm.',
        ],
        ['Judgement', 'Type 2 diabetes, brought to light by cortisone. No damage to eyes, kidneys or nerves so far as seen today.'],
        [
          'Plan',
          'Metformin 500 mg morning and evening with food, 1,000 mg twice after three months if the stomach agrees. Sugar before breakfast on Tuesdays and Saturdays. Bread and sweet drinks halved. Eye photograph next month. Should he need prednisolone again: measure daily.',
        ],
      ],
    });
  });
  const diabetes = condition(chart, findings.diabetes, { onset: time.workday(metforminSince, '08:40'), by: 'dr-tan', visit: found });
  const change = time.workday(112, '08:20');
  const why = [diabetes];
  prescribe(chart, {
    medicine: medicines.metformin,
    strength: '500 mg',
    how: 'One morning and evening, with food',
    daily: 2,
    since: time.workday(metforminSince, '08:45'),
    until: change,
    by: 'dr-tan',
    visit: found,
    why,
  });
  const raised = visit(chart, { at: change, by: 'dr-tan', why: findings.diabetes }, (second) => {
    const sample = { at: second.at + 10 * minute, by: 'dr-tan', visit: second };
    vitalSigns(chart, second, { pressure: [130, 81], pulse: 77 });
    laboratory(chart, 'sugar', sample, { hba1c: 7.5, glucose: small.normal(7.8, 0.2) });
    laboratory(chart, 'kidneys', sample, kidneys(chart, second.at, 82, 4.4, 140));
  });
  prescribe(chart, {
    medicine: medicines.metformin,
    strength: '1000 mg',
    how: 'One morning and evening, with food',
    daily: 2,
    since: change + 20 * minute,
    by: 'dr-tan',
    visit: raised,
    why,
  });
  visit(chart, { at: time.workday(23, '08:20'), by: 'dr-tan', why: findings.diabetes }, (third) => {
    const sample = { at: third.at + 10 * minute, by: 'dr-tan', visit: third };
    vitalSigns(chart, third, { pressure: [127, 78], pulse: 76 });
    laboratory(chart, 'sugar', { ...sample, conclusion: 'At target.' }, { hba1c: 6.8, glucose: small.normal(6.7, 0.2) });
    laboratory(chart, 'lipids', sample, lipids(4.8, 1.12, 1.7));
    laboratory(chart, 'kidneys', sample, { ...kidneys(chart, third.at, 83, 4.3, 140), urineAlbumin: 9.5 });
  });
}

function admission(telling: Telling, chart: Chart, flare: Illness): void {
  const { chance } = telling;
  const copd = condition(chart, findings.copd, { onset: '2019', by: 'dr-karim' });
  const arrival = arrivalOf(flare);
  const stay = visit(
    chart,
    { at: arrival, minutes: stayed / minute, kind: 'admission', by: 'dr-karim', why: findings.copdFlare },
    (ward) => {
      const small = chance.fork('ward');
      for (let shift = 0; shift < 12; shift++) {
        const at = arrival + 30 * minute + shift * 8 * hour;
        const sick = Math.exp(-shift / 5);
        const noise = (deviation: number): number => (shift === 0 ? 0 : small.normal(0, deviation));
        vitalSigns(
          chart,
          ward,
          {
            oxygen: Math.min(95, 94.2 - 9 * sick + noise(0.6)),
            pulse: 79 + 32 * sick + noise(2),
            breathing: 17 + 12 * sick + noise(0.7),
            temperature: 36.7 + 1.7 * sick + noise(0.15),
            ...(shift % 3 === 0 ? { pressure: [Math.round(130 + 14 * sick), Math.round(80 + 6 * sick)] as const } : {}),
          },
          at,
        );
        if (shift % 3 === 1)
          measure(chart, 'glucose', { at: at + 5 * minute, visit: ward, note: 'Under prednisolone.' }, 11.8 + small.normal(0, 1.1));
      }
      const sample = { at: arrival + 20 * minute, by: 'dr-karim', visit: ward };
      laboratory(chart, 'blood', sample, { haemoglobin: 15.4, whiteCells: 13.2, platelets: 287, crp: 68.4, eosinophils: 0.34 });
      laboratory(chart, 'kidneys', sample, kidneys(chart, arrival, 92, 4.1, 136));
      laboratory(
        chart,
        'blood',
        { ...sample, at: arrival + 60 * hour, conclusion: 'Inflammation falling.' },
        { haemoglobin: 14.8, whiteCells: 11.6, platelets: 301, crp: 21.7, eosinophils: 0.02 },
      );
      procedure(chart, procedures.oxygen, {
        at: arrival + 10 * minute,
        by: 'dr-karim',
        visit: ward,
        outcome: 'Two litres a minute by nasal prongs, target 88 to 92 %; stopped on the third day.',
      });
      heartTrace(chart, { at: arrival + 35 * minute, visit: ward }, 108);
      procedure(chart, procedures.physiotherapy, { at: arrival + 40 * hour, by: 'dr-karim', visit: ward });
      note(chart, ward, {
        kind: 'discharge',
        title: 'Flare-up of COPD with a cold',
        sections: [
          [
            'Why he came',
            `Cold since ${spoken(flare.from)}, then green phlegm and breathless at rest within a day. Four puffs of salbutamol at home did not hold. Oxygen 85 % in the ambulance.`,
          ],
          [
            'On arrival',
            'Speaks in short sentences, 29 breaths a minute, temperature 38.4 °C, pulse 111. Wheeze over both lungs, no crackles. Chest picture without pneumonia. White cells 13.2, CRP 68. Heart trace: sinus rhythm, fast, otherwise unremarkable.',
          ],
          [
            'Course',
            'Nebulised salbutamol and ipratropium, prednisolone 40 mg for five days, doxycycline for five days, oxygen to 88 to 92 %. Without oxygen from the third day; slept flat in the last night. Sugar rose to 14 mmol/L under prednisolone; no insulin needed.',
          ],
          ['At discharge', 'Oxygen 93 % on room air, 17 breaths a minute, walks the corridor. CRP 22 and falling.'],
          [
            'Plan',
            'Finish both packs. Tiotropium as before. Sugar before breakfast in eight weeks, when the cortisone has gone: please look for diabetes. See Dr Tan within two weeks.',
          ],
        ],
      });
      bill(
        chart,
        ward,
        findings.copdFlare,
        [
          ['Ward, four days', 1860],
          ['Emergency department, level 4', 312.75],
          ['Chest picture', 84.4],
          ['Medicines', 47.35],
        ],
        1,
      );
    },
  );
  condition(chart, findings.copdFlare, { onset: flare.from, until: arrival + 12 * day, by: 'dr-karim', visit: stay });
  const pack = { daily: 1, since: arrival + hour, until: arrival + 5 * day, by: 'dr-karim', visit: stay, why: [copd] };
  prescribe(chart, { medicine: medicines.prednisolone, strength: '40 mg', how: 'One each morning, for five days', ...pack });
  prescribe(chart, { medicine: medicines.doxycycline, strength: '100 mg', how: 'One each morning, two on the first day', ...pack });
  takes(chart, {
    medicine: medicines.tiotropium,
    strength: '5 microgram',
    how: 'Two puffs each morning',
    daily: 1,
    since: '2019-11',
    by: 'dr-karim',
    visit: stay,
    asked: arrival + hour,
  });
}

/**
 * Siobhán: her second child, from the first visit to three weeks after the birth.
 *
 * Pressure dips in the middle and climbs towards the end, blood thins and is helped with iron, the womb grows a
 * centimetre a week. From the thirty-fourth week she measures her pressure every day; it stays below the line.
 *
 * @module
 */
import { bill } from '../billing.ts';
import { along, wandering } from '../body.ts';
import { day, hour, type Moment, minute, spoken, wall, workday } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { findings, medicines, procedures, vaccines } from '../codes.ts';
import { heartTrace } from '../ecg.ts';
import { allergy, condition } from '../findings.ts';
import { laboratory } from '../laboratory.ts';
import { note } from '../notes.ts';
import { build, device, measure, pressure, vitalSigns } from '../readings.ts';
import type { Story, Telling } from '../story.ts';
import { plan, prescribe, procedure, vaccinate } from '../treatment.ts';
import { type Visit, visit } from '../visits.ts';

/** How long ago the child was born, and how long it took, in days. */
export const bornAgo = 23;
export const carried = 277;

export const siobhan: Story = (telling) => {
  const hospital = telling.chart('st-brigids');
  home(telling, hospital);
  antenatal(telling, hospital);
  familyClinic(telling, telling.chart('harbour'));
};

/** Weeks of pregnancy at a moment. */
const weeks = ({ time }: Telling, at: Moment): number => (at - time.ago(bornAgo + carried)) / (7 * day);

const systolicByWeek = [
  [0, 113],
  [10, 110],
  [20, 104],
  [28, 108],
  [34, 116],
  [39, 121],
  [40, 119],
  [41, 112],
] as const;
const diastolicByWeek = [
  [0, 70],
  [10, 67],
  [20, 62],
  [28, 65],
  [34, 73],
  [39, 77],
  [40, 75],
  [41, 70],
] as const;
const pulseByWeek = [
  [0, 66],
  [10, 72],
  [20, 77],
  [32, 84],
  [39, 86],
  [40, 80],
  [42, 70],
] as const;
const weightByWeek = [
  [0, 61.2],
  [10, 61.8],
  [20, 65.9],
  [30, 70.8],
  [39.5, 74.6],
  [39.7, 68.9],
  [43, 66.2],
] as const;

function home(telling: Telling, chart: Chart): void {
  const { time, chance } = telling;
  const watch = device(chart, 'Watch', 'Pulse 4');
  const scale = device(chart, 'Bathroom scale', 'BS-7');
  const cuff = device(chart, 'Arm cuff', 'AC-2');
  const [beat, kilograms] = [wandering(chance.fork('pulse'), 2.5), wandering(chance.fork('weight'), 0.25, 0.7)];
  const [high, low] = [wandering(chance.fork('systolic'), 3.5), wandering(chance.fork('diastolic'), 2.5)];
  const clock = chance.fork('clock');
  for (const date of time.days()) {
    const weekday = new Date(date).getUTCDay();
    const week = weeks(telling, date);
    const back = Math.round((time.ago(0) - wall(date, '09:00')) / day);
    const at = (hourOfDay: string): Moment => wall(date, hourOfDay) + clock.whole(0, 30) * minute;
    if (weekday === 1 || weekday === 4) measure(chart, 'pulse', { at: at('08:10'), device: watch }, along(pulseByWeek, week) + beat());
    if (weekday === 6) measure(chart, 'weight', { at: at('07:30'), device: scale }, along(weightByWeek, week) + kilograms());
    if (week >= 34 && week <= carried / 7 + 2 && (back > bornAgo + 1 || back < bornAgo - 1))
      pressure(
        chart,
        { at: at('19:20'), device: cuff },
        Math.round(along(systolicByWeek, week) + high()),
        Math.round(along(diastolicByWeek, week) + low()),
      );
  }
  for (const back of [66, 65, 64])
    measure(chart, 'temperature', { at: time.ago(back, '21:00'), note: 'Cold, with a blocked nose.' }, 38.1 - 0.4 * (66 - back));
}

/** What a midwife writes down at each visit. */
const schedule = [
  { week: 8, title: 'First visit' },
  { week: 12, title: 'First scan' },
  { week: 16 },
  { week: 20, title: 'Second scan' },
  { week: 25 },
  { week: 28, title: 'Sugar and blood' },
  { week: 31 },
  { week: 34, title: 'Pressure to watch' },
  { week: 36 },
  { week: 38 },
  { week: 39 },
] as const satisfies readonly { week: number; title?: string }[];

function antenatal(telling: Telling, chart: Chart): void {
  const { time, chance } = telling;
  const conceived = time.ago(bornAgo + carried);
  const birth = time.ago(bornAgo, '04:52');
  const small = chance.fork('antenatal');
  const pregnancy = condition(chart, findings.pregnancy, { onset: workday(conceived + 30 * day, '09:00'), until: birth, by: 'dr-amadi' });
  procedure(chart, procedures.delivery, {
    at: '2022-02-19',
    by: 'dr-amadi',
    outcome: 'First child, a girl of 3,290 g, without complication.',
  });
  for (const { week, ...rest } of schedule) {
    const at = workday(conceived + week * 7 * day, '10:30');
    visit(chart, { at, kind: 'antenatal', by: 'dr-amadi', why: findings.pregnancy }, (check) => {
      const part = weeks(telling, at);
      vitalSigns(chart, check, {
        pressure: [
          Math.round(along(systolicByWeek, part) + 2 + small.normal(0, 2)),
          Math.round(along(diastolicByWeek, part) + 1 + small.normal(0, 1.5)),
        ],
        pulse: along(pulseByWeek, part) + 3,
      });
      measure(chart, 'weight', { at: at + 6 * minute, visit: check }, along(weightByWeek, part) + 0.4);
      if (week >= 16) measure(chart, 'babysPulse', { at: at + 12 * minute, visit: check }, 152 - (part - 16) * 0.55 + small.normal(0, 3));
      if (week >= 25) measure(chart, 'fundalHeight', { at: at + 10 * minute, visit: check }, part + small.normal(0, 0.6));
      if ('title' in rest) examined(chart, check, week);
    });
  }
  prescribe(chart, {
    medicine: medicines.folicAcid,
    strength: '0.4 mg',
    how: 'One a day until the thirteenth week',
    daily: 1,
    since: workday(conceived + 20 * day, '09:00'),
    until: conceived + 91 * day,
    by: 'dr-amadi',
    why: [pregnancy],
  });
  const anaemia = condition(chart, findings.anaemia, { onset: workday(conceived + 28 * 7 * day, '15:00'), by: 'dr-amadi' });
  prescribe(chart, {
    medicine: medicines.iron,
    strength: '210 mg',
    how: 'One every other day, with orange juice',
    daily: 1,
    since: workday(conceived + 28 * 7 * day, '15:05'),
    by: 'dr-amadi',
    why: [anaemia],
  });
  delivery(chart, birth);
  plan(chart, {
    title: 'Birth and the weeks after',
    since: workday(conceived + 8 * 7 * day, '10:30'),
    by: 'dr-amadi',
    about: [pregnancy],
    steps: [
      'Birth at St Brigid’s, Cormac comes along',
      'Pressure every evening from week 34 until two weeks after',
      'Call above 140 over 90, with headache or flickering eyes',
      'Visit six weeks after the birth',
    ],
  });
}

function examined(chart: Chart, check: Visit, week: number): void {
  const sample = { at: check.at + 15 * minute, by: 'dr-amadi', visit: check };
  if (week === 8) {
    build(chart, { at: check.at + 7 * minute, visit: check }, 61.7, 167);
    laboratory(chart, 'blood', sample, { haemoglobin: 12.9, whiteCells: 7.9, platelets: 251, ferritin: 31 });
    laboratory(chart, 'thyroid', sample, { tsh: 1.46 });
    note(chart, check, {
      kind: 'visit',
      title: 'First visit of the second pregnancy',
      sections: [
        [
          'History',
          'Second pregnancy, first child born here in 2022 without complication. No operation, no illness of heart, kidneys or thyroid. Her mother had high pressure in one pregnancy. Rash from latex gloves. Takes folic acid. Does not smoke, no wine since the test.',
        ],
        [
          'Today',
          'Sick in the mornings, keeps fluids down. Pressure and pulse as before the pregnancy. Ultrasound: one child, heart beating, eight weeks to the day. The date of birth is reckoned from it.',
        ],
        [
          'Plan',
          'Visits as in the table she was given. First scan in four weeks. Influenza and whooping cough vaccination when the season and the week come. She would like the same midwives as last time.',
        ],
      ],
    });
  }
  if (week === 12 || week === 20) {
    procedure(chart, procedures.scan, {
      at: check.at + 20 * minute,
      by: 'dr-amadi',
      visit: check,
      outcome:
        week === 12
          ? 'One child, 58 mm, moves well; neck fold 1.2 mm.'
          : 'All organs seen and as they should be; placenta at the back wall, well clear.',
    });
  }
  if (week === 28) {
    laboratory(
      chart,
      'tolerance',
      { ...sample, conclusion: 'No diabetes of pregnancy; one hour 8.1, two hours 6.4 mmol/L.' },
      { glucose: 4.5 },
    );
    laboratory(
      chart,
      'blood',
      { ...sample, conclusion: 'Iron store empty; iron by mouth.' },
      { haemoglobin: 10.6, whiteCells: 9.4, platelets: 228, ferritin: 9 },
    );
    vaccinate(chart, vaccines.tdap, check.at);
  }
  if (week === 34) {
    laboratory(
      chart,
      'blood',
      { ...sample, conclusion: 'Iron helps.' },
      { haemoglobin: 11.2, whiteCells: 9.8, platelets: 219, ferritin: 17 },
    );
    laboratory(chart, 'liver', sample, { alt: 17, ast: 20 });
    heartTrace(chart, { at: check.at + 25 * minute, visit: check, note: 'Palpitations on the stairs.' }, 92);
    note(chart, check, {
      kind: 'visit',
      title: 'Pressure to watch',
      sections: [
        [
          'Since last time',
          'Tired, better since the iron. Heart thumps on the stairs. Child moves as always. A headache last week, gone with paracetamol; no flickering, no pain under the ribs. Ankles thick in the evening.',
        ],
        [
          'Findings',
          'Pressure a little higher than at the last visits, below the line of 140 over 90. No protein in the urine. Womb as high as the week. Heart trace: sinus rhythm, fast as it is at this stage. Liver values and platelets normal.',
        ],
        ['Judgement', 'The usual rise towards the end. No pre-eclampsia.'],
        [
          'Plan',
          'An arm cuff for home, every evening, the readings come straight to us. Call above 140 over 90, with headache that stays, flickering or pain under the ribs. Visits every two weeks, then every week.',
        ],
      ],
    });
  }
}

function delivery(chart: Chart, birth: Moment): void {
  const arrival = birth - 7 * hour;
  const stay = visit(chart, { at: arrival, minutes: 44 * 60, kind: 'admission', by: 'dr-amadi', why: findings.pregnancy }, (ward) => {
    for (const [hours, systolic, diastolic, pulse] of [
      [0, 124, 78, 88],
      [4, 131, 82, 97],
      [8, 122, 76, 92],
      [20, 116, 72, 84],
      [36, 114, 71, 78],
    ] as const) {
      vitalSigns(
        chart,
        ward,
        { pressure: [systolic, diastolic], pulse, temperature: hours === 8 ? 37.3 : 36.8 },
        arrival + (hours * 60 + 10) * minute,
      );
    }
    measure(chart, 'babysPulse', { at: arrival + 15 * minute, visit: ward }, 138);
    laboratory(
      chart,
      'blood',
      { at: birth + 24 * hour, by: 'dr-amadi', visit: ward },
      { haemoglobin: 10.9, whiteCells: 12.8, platelets: 224 },
    );
    procedure(chart, procedures.delivery, {
      at: birth,
      by: 'dr-amadi',
      visit: ward,
      outcome: 'A boy, 3,460 g, 51 cm; Apgar 9 and 10. Blood loss 300 mL. Small tear, two stitches.',
    });
    note(chart, ward, {
      kind: 'birth',
      title: 'Birth of a son',
      sections: [
        [
          'Course',
          `Came with contractions every four minutes on the evening of ${spoken(arrival)}, 39 weeks and four days. Waters broke at two. Walked, bath, gas; no other help wanted. Heart of the child steady throughout. Born at 04:52, head first, cried at once.`,
        ],
        ['Child', 'A boy, 3,460 g, 51 cm, head 35 cm, Apgar 9 and 10. Drank within the hour. First examination without finding.'],
        ['Mother', 'Blood loss 300 mL. Two stitches. Pressure 122 over 76 an hour after. Haemoglobin 10.9 the next day, feels well.'],
        [
          'Plan',
          'Home on the second day. Iron for six more weeks. Goes on measuring her pressure for two weeks. Midwife at home in three days, visit here in six weeks.',
        ],
      ],
    });
    bill(
      chart,
      ward,
      findings.pregnancy,
      [
        ['Birth', 1420],
        ['Ward, two days', 760],
        ['Midwife', 315.5],
      ],
      1,
    );
  });
  visit(chart, { at: workday(birth + 14 * day, '11:10'), kind: 'video', by: 'dr-amadi', why: findings.checkUp }, (after) => {
    measure(chart, 'mood', { at: after.at + 5 * minute, visit: after }, 4);
    note(chart, after, {
      kind: 'visit',
      title: 'Two weeks after the birth',
      sections: [
        [
          'Since the birth',
          'Feeds every three hours, he has passed his birth weight. Sleeps when he sleeps. Stitches do not trouble her. Cries easily in the evening, laughs about it in the morning; mood questionnaire 4 points.',
        ],
        ['Findings', 'Pressure at home back to where it began. No fever.'],
        [
          'Plan',
          'Arm cuff can come back. Iron goes on. Visit in four weeks; to call at once with fever, heavy bleeding, or when the tears stay.',
        ],
      ],
    });
  });
  if (stay !== undefined) measure(chart, 'birthWeight', { at: birth + 10 * minute, visit: stay }, 3.46);
}

function familyClinic({ time }: Telling, chart: Chart): void {
  condition(chart, findings.migraine, { onset: '2015', by: 'dr-tan', note: 'Rare since the first pregnancy.' });
  allergy(chart, findings.latex, {
    onset: '2012',
    category: 'environment',
    criticality: 'low',
    reaction: findings.rash,
    severity: 'mild',
    by: 'dr-tan',
  });
  prescribe(chart, {
    medicine: medicines.sumatriptan,
    strength: '50 mg',
    how: 'One at the beginning of a migraine; not in pregnancy',
    daily: 0,
    since: '2017-03',
    until: time.ago(bornAgo + carried - 30),
    by: 'dr-tan',
  });
  vaccinate(chart, vaccines.mmr, '2017-01-12', 2);
  vaccinate(chart, vaccines.hepatitisB, '2018-09-04', 3);
  vaccinate(chart, vaccines.covid, '2021-06-15', 1);
  vaccinate(chart, vaccines.covid, '2021-09-07', 2);
  visit(chart, { at: time.workday(bornAgo + carried - 34, '16:20'), by: 'dr-tan', why: findings.checkUp }, (early) => {
    vitalSigns(chart, early, { pressure: [112, 69], pulse: 68, temperature: 36.7 });
    note(chart, early, {
      kind: 'letter',
      title: 'To St Brigid’s: pregnant again',
      sections: [
        ['Why', 'Test positive four days ago, second pregnancy, wished for. Last period sure.'],
        [
          'History',
          'First birth in 2022 without complication. Migraine, rare, last attack a year ago; sumatriptan stopped today. Rash from latex. Protected against measles, rubella and hepatitis B.',
        ],
        ['Today', 'Well, a little sick. Pressure 112 over 69, pulse 68.'],
        ['Asked', 'Please take her on. Folic acid since three weeks. She would like to be seen with Dr Amadi’s midwives, as last time.'],
      ],
    });
  });
  visit(chart, { at: time.workday(66, '17:10'), by: 'dr-tan', why: findings.cold }, (cold) => {
    vitalSigns(chart, cold, { pressure: [111, 70], pulse: 98, temperature: 37.9, oxygen: 98 });
    condition(chart, findings.cold, { onset: time.ago(67, '18:00'), until: time.ago(60, '09:00'), by: 'dr-tan', visit: cold });
    prescribe(chart, {
      medicine: medicines.paracetamol,
      strength: '500 mg',
      how: 'One or two when needed, at most six a day',
      daily: 0,
      since: cold.at,
      until: time.ago(60),
      by: 'dr-tan',
      visit: cold,
    });
  });
}

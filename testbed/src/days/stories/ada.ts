/**
 * Ada: high blood pressure and diabetes, well for years.
 *
 * A year ago ramipril alone no longer held her pressure; amlodipine brought it down in spring. She fainted once
 * in autumn. Tablets against a sore knee drive her pressure up this week, and Dr Chen wrote a stronger dose
 * yesterday.
 *
 * @module
 */
import { bill } from '../billing.ts';
import { answer, blend, wandering } from '../body.ts';
import { day, type Moment, minute, spoken, wall, weekday, winter } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { findings, medicines, procedures, vaccines } from '../codes.ts';
import { heartTrace } from '../ecg.ts';
import { allergy, condition } from '../findings.ts';
import { kidneys, laboratory, lipids } from '../laboratory.ts';
import { note } from '../notes.ts';
import { build, device, measure, pressure, smoking, vitalSigns } from '../readings.ts';
import type { Story, Telling } from '../story.ts';
import { plan, prescribe, procedure, takes, vaccinate } from '../treatment.ts';
import { visit } from '../visits.ts';

export const ada: Story = (telling) => {
  const heart = telling.chart('northgate');
  home(telling, heart);
  cardiology(telling, heart);
  familyClinic(telling, telling.chart('harbour'));
  faint(telling, telling.chart('larkfield'));
};

/** When Dr Chen gave her a cuff for home, in days before `to`. */
const cuffSince = 310;
/** When amlodipine 5 mg began, in days before `to`. */
export const amlodipineSince = 250;
/** When she began to take ibuprofen for her knee. */
const kneeSince = 6;

/** What penicillin did to her, as each place wrote it down. */
const rash = { onset: '2003', category: 'medication', criticality: 'low', reaction: findings.rash, severity: 'moderate' } as const;

/** What her pressure would be without wandering. */
function usual({ time }: Telling, at: Moment): readonly [systolic: number, diastolic: number] {
  const treated = answer(at, time.ago(amlodipineSince), 12);
  const knee = answer(at, time.ago(kneeSince), 1.5);
  return [147 + 4 * winter(at) - 19 * treated + 16 * knee, 88 + 2 * winter(at) - 10 * treated + 10 * knee];
}

function home(telling: Telling, chart: Chart): void {
  const { time, chance } = telling;
  const cuff = device(chart, 'Arm cuff', 'AC-2');
  const watch = device(chart, 'Watch', 'Pulse 4');
  const clip = device(chart, 'Finger clip', 'OX-1');
  const scale = device(chart, 'Bathroom scale', 'BS-7');
  const [high, low] = [wandering(chance.fork('systolic'), 3.2), wandering(chance.fork('diastolic'), 2)];
  const [beat, kilograms] = [wandering(chance.fork('pulse'), 2.5), wandering(chance.fork('weight'), 0.3, 0.8)];
  const clock = chance.fork('clock');
  for (const date of time.days()) {
    const back = Math.round((time.ago(0) - wall(date, '09:00')) / day);
    const dayOfWeek = new Date(date).getUTCDay();
    const cuffTime = (hour: string): Moment => wall(date, hour) + clock.whole(0, 18) * minute;
    const cuffReading = (at: Moment): void => {
      const [systolic, diastolic] = usual(telling, at);
      pressure(chart, { at, device: cuff }, Math.round(systolic + high()), Math.round(diastolic + low()));
    };
    if (back < 30 || (back < cuffSince && (dayOfWeek === 1 || dayOfWeek === 4))) cuffReading(cuffTime('07:40'));
    if (back < 8) cuffReading(cuffTime('20:05'));
    if (dayOfWeek === 2 || back === 0) measure(chart, 'pulse', { at: cuffTime('09:05'), device: watch }, 71 + 2 * winter(date) + beat());
    if (dayOfWeek === 3 || back === 0) {
      const trend = blend(70.2, 68.2, 1 - back / 365) + 0.4 * winter(date);
      measure(chart, 'weight', { at: cuffTime('07:20'), device: scale }, trend + kilograms());
    }
    if ((dayOfWeek === 5 && back % 2 === 0) || back === 0)
      measure(chart, 'oxygen', { at: cuffTime('07:25'), device: clip }, clock.whole(96, 98));
  }
  measure(chart, 'temperature', { at: time.ago(1, '20:10') }, 36.6);
  measure(chart, 'breathing', { at: time.ago(0, '07:50'), device: watch }, 15);
  heartTrace(chart, { at: time.ago(0, '07:40'), device: watch }, 68);
}

function cardiology({ time }: Telling, chart: Chart): void {
  const pressureIsHigh = condition(chart, findings.hypertension, {
    onset: '2011',
    by: 'dr-chen',
    note: 'Recorded from the letter of Harbour Clinic.',
  });
  allergy(chart, findings.penicillin, { ...rash, by: 'dr-chen', note: 'Itching rash over trunk and arms on day four of amoxicillin.' });
  procedure(chart, procedures.cataractSurgery, {
    at: '2021-09',
    by: 'dr-chen',
    why: findings.cataract,
    outcome: 'Right eye, in this house; from the discharge list.',
  });
  const why = [pressureIsHigh];
  visit(chart, { at: time.workday(cuffSince, '10:20'), by: 'dr-chen', why: findings.hypertension }, (first) => {
    vitalSigns(chart, first, { pressure: [154, 92], pulse: 74, oxygen: 97 });
    procedure(chart, procedures.echo, {
      at: first.at + 40 * minute,
      by: 'dr-chen',
      visit: first,
      outcome: 'Wall of the left ventricle slightly thick, pumps well (ejection fraction 62 %).',
    });
    note(chart, first, {
      kind: 'letter',
      title: 'Blood pressure above target on one tablet',
      sections: [
        [
          'Asked by',
          'Dr Grace Tan, Harbour Clinic: pressure at home above 145 over 88 for some months although she takes ramipril 5 mg every morning.',
        ],
        [
          'History',
          'High blood pressure since 2011, type 2 diabetes since 2016, cholesterol treated with atorvastatin. Never smoked. Walks the harbour wall every day, about forty minutes, without chest pain or breathlessness. Sleeps on one pillow. No swelling of the legs. Her mother had a stroke at seventy-nine. Rash after amoxicillin in 2003.',
        ],
        [
          'Findings',
          'Pressure 154 over 92 on the right arm, 152 over 90 on the left, both sitting, the mean of three. Pulse 74 and regular. Heart sounds normal, no murmur. Lungs clear. Foot pulses strong on both sides. Echo: left ventricular wall 12 mm, pumps well, valves without finding. Heart trace in sinus rhythm, signs of a slightly thick wall.',
        ],
        [
          'Judgement',
          'Pressure not at target with one medicine. No sign of a second cause: kidney values, potassium and urine are unremarkable, she does not snore, she eats little salt.',
        ],
        [
          'Plan',
          'An arm cuff for home, two mornings a week, results straight to us. If the mean stays above 140, amlodipine 5 mg in addition, at the next visit in two months. Target at home below 135 over 85. Ramipril stays as it is.',
        ],
      ],
    });
  });
  prescribe(chart, {
    medicine: medicines.ramipril,
    strength: '5 mg',
    how: 'One each morning',
    daily: 1,
    since: '2014-02',
    by: 'dr-chen',
    why,
  });
  const start = visit(chart, { at: time.workday(amlodipineSince, '09:40'), by: 'dr-chen', why: findings.hypertension }, (second) => {
    vitalSigns(chart, second, { pressure: [152, 90], pulse: 73 });
    note(chart, second, {
      kind: 'visit',
      title: 'Second medicine begins',
      sections: [
        [
          'Since last time',
          'Measured on Mondays and Thursdays as agreed. Mean of the last four weeks 150 over 89. Feels well, no headache, no dizziness, eyes unchanged.',
        ],
        ['Findings', 'Pressure 152 over 90 sitting, 148 over 90 after three minutes standing. Pulse 73. No swelling.'],
        [
          'Plan',
          'Amlodipine 5 mg each morning from tomorrow, ramipril 5 mg as before. Explained: ankles may swell towards evening, which is harmless and passes when the legs are up. Stand up in two steps in the first weeks. Control in five weeks.',
        ],
      ],
    });
  });
  prescribe(chart, {
    medicine: medicines.amlodipine,
    strength: '5 mg',
    how: 'One each morning',
    daily: 1,
    since: time.workday(amlodipineSince, '09:55'),
    until: time.ago(1, '11:00'),
    by: 'dr-chen',
    visit: start,
    why,
  });
  visit(chart, { at: time.workday(214, '09:20'), kind: 'video', by: 'dr-chen', why: findings.hypertension }, (control) => {
    note(chart, control, {
      kind: 'visit',
      title: 'Five weeks on amlodipine',
      sections: [
        [
          'Since last time',
          'Takes both tablets every morning. Mean at home of the last two weeks 129 over 79. Ankles a little thick in the evening, shoes still fit.',
        ],
        ['Judgement', 'At target. The swelling is the expected one.'],
        [
          'Plan',
          'No change. Goes on measuring twice a week. Next visit in three months, sooner if she faints, feels her heart racing or the cuff shows more than 160 twice.',
        ],
      ],
    });
  });
  visit(chart, { at: time.workday(120, '11:00'), by: 'dr-chen', why: findings.checkUp }, (routine) => {
    vitalSigns(chart, routine, { pressure: [128, 77], pulse: 70, oxygen: 98 });
    build(chart, { at: routine.at + 8 * minute, visit: routine }, 68.9, 163);
  });
  laboratory(
    chart,
    'lipids',
    { at: time.ago(1, '13:20'), by: 'dr-chen', conclusion: 'Higher than the last four. Asked her about the evening tablet.' },
    lipids(5.6, 1.38, 1.62),
  );
  const latest = visit(chart, { at: time.ago(1, '10:40'), by: 'dr-chen', why: findings.hypertension }, (today) => {
    vitalSigns(chart, today, { pressure: [147, 90], pulse: 72, oxygen: 97, temperature: 36.5 });
    note(chart, today, {
      kind: 'visit',
      title: 'Pressure above her usual since the weekend',
      sections: [
        [
          'Since last time',
          `Home readings rising since ${weekday(time.ago(kneeSince))}, no chest pain, no breathlessness, no headache. Her left knee has been sore since she cleared the cellar. She bought ibuprofen 400 mg and takes two or three a day; nobody had told her that it lifts the pressure. The faint of last month has not come back; she stands up in two steps now.`,
        ],
        [
          'Findings',
          'Pressure 147 over 90 sitting, 141 over 88 after three minutes standing. Pulse 72 and regular. Left knee warm, a little fluid, moves freely. Ankles slim this morning. This morning’s trace from the watch is regular.',
        ],
        [
          'Judgement',
          'Rise in pressure, most likely from ibuprofen on top of a dose that was just enough. With her kidneys, diabetes and ramipril, ibuprofen is a poor choice anyway.',
        ],
        [
          'Plan',
          'Stop ibuprofen; paracetamol 1 g up to three times a day and a cool pack instead. Amlodipine 5 to 10 mg from tomorrow. Evening readings until the visit next week, by video. Kidney values wanted before adding anything else. To call at once with chest pain, breathlessness, another faint, or more than 180 over 110.',
        ],
      ],
    });
  });
  prescribe(chart, {
    medicine: medicines.amlodipine,
    strength: '10 mg',
    how: 'One each morning',
    daily: 1,
    since: time.ago(1, '11:00'),
    by: 'dr-chen',
    visit: latest,
    why,
  });
  takes(chart, {
    medicine: medicines.ibuprofen,
    strength: '400 mg',
    how: 'One when the knee hurts, up to three a day',
    daily: 0,
    since: time.ago(kneeSince, '08:00'),
    until: time.ago(1, '10:40'),
    by: 'dr-chen',
    visit: latest,
    asked: time.ago(1, '10:45'),
    words: 'Bought at the pharmacy. Stopped at this visit.',
  });
  plan(chart, {
    title: 'Blood pressure at home',
    since: time.workday(cuffSince, '11:00'),
    by: 'dr-chen',
    about: why,
    steps: [
      'Measure sitting, after five minutes of rest, Mondays and Thursdays',
      'Every evening until the video visit',
      'Below 135 over 85 is the aim',
      'No ibuprofen; paracetamol for the knee',
    ],
  });
}

function familyClinic({ time, chance }: Telling, chart: Chart): void {
  const diabetes = condition(chart, findings.diabetes, { onset: '2016', by: 'dr-tan' });
  const cholesterol = condition(chart, findings.lipids, { onset: '2014', by: 'dr-tan' });
  condition(chart, findings.hypertension, { onset: '2011', by: 'dr-tan' });
  condition(chart, findings.knee, { onset: time.ago(900), by: 'dr-tan', note: 'Left more than right.' });
  const liver = condition(chart, findings.fattyLiver, { onset: '2021-03', by: 'dr-diaz' });
  allergy(chart, findings.penicillin, { ...rash, by: 'dr-tan' });
  procedure(chart, procedures.gallbladder, { at: '2017-05-23', by: 'dr-tan', outcome: 'Through the keyhole, no complication.' });
  prescribe(chart, {
    medicine: medicines.metformin,
    strength: '500 mg',
    how: 'One morning and evening, with food',
    daily: 2,
    since: '2016-10',
    by: 'dr-tan',
    why: [diabetes],
  });
  prescribe(chart, {
    medicine: medicines.atorvastatin,
    strength: '20 mg',
    how: 'One each evening',
    daily: 1,
    since: '2014-06',
    by: 'dr-tan',
    why: [cholesterol],
  });
  const { to } = time;
  for (let year = new Date(to).getUTCFullYear() - 9; year <= new Date(to).getUTCFullYear(); year++)
    vaccinate(chart, vaccines.influenza, `${year}-10-0${1 + (year % 8)}`);
  vaccinate(chart, vaccines.pneumococcal, '2020-11-17');
  vaccinate(chart, vaccines.zoster, '2022-02-08', 1);
  vaccinate(chart, vaccines.zoster, '2022-05-10', 2);
  vaccinate(chart, vaccines.covid, '2021-03-02', 1);
  vaccinate(chart, vaccines.covid, '2021-05-25', 2);
  const quarters = [
    { back: 340, hba1c: 7.1, creatinine: 79, total: 4.9, alt: 41 },
    { back: 250, hba1c: 6.9, creatinine: 81, total: 4.7, alt: 39 },
    { back: 160, hba1c: 6.7, creatinine: 78, total: 4.8, alt: 37 },
    { back: 74, hba1c: 6.8, creatinine: 83, total: 4.9, alt: 38 },
  ];
  const small = chance.fork('quarters');
  for (const { back, hba1c, creatinine, total, alt } of quarters) {
    visit(chart, { at: time.workday(back, '08:30'), by: 'dr-tan', why: findings.diabetes }, (quarter) => {
      const sample = { at: quarter.at + 10 * minute, by: 'dr-tan', visit: quarter };
      vitalSigns(chart, quarter, {
        pressure: [
          Math.round((back > amlodipineSince ? 150 : 129) + small.normal(0, 3)),
          Math.round((back > amlodipineSince ? 88 : 78) + small.normal(0, 2)),
        ],
        pulse: small.whole(68, 75),
      });
      laboratory(chart, 'sugar', { ...sample, conclusion: 'At her target of 7.0 % or near it.' }, { hba1c, glucose: small.normal(7, 0.3) });
      laboratory(chart, 'kidneys', sample, {
        ...kidneys(chart, quarter.at, creatinine, small.normal(4.4, 0.15), small.normal(140, 1)),
        urineAlbumin: small.normal(14, 2),
      });
      laboratory(chart, 'lipids', sample, lipids(total, 1.4, 1.6));
      laboratory(chart, 'liver', sample, { alt, ast: alt - small.whole(7, 11) });
      if (back === 340) smoking(chart, { at: quarter.at, visit: quarter }, findings.neverSmoked);
      if (back !== 74) return;
      note(chart, quarter, {
        kind: 'visit',
        title: 'Diabetes, the quarterly visit',
        sections: [
          [
            'Since last time',
            'Well. Eats twice a day, breakfast late. No low sugar, no thirst, no night-time trips. Feet checked every Sunday by her daughter Nina. Eye photograph this year: no change from diabetes.',
          ],
          [
            'Findings',
            'Long-term sugar 6.8 %. Both feet warm, pulses felt, monofilament felt at ten of ten points. Kidney values steady, no albumin in the urine. Liver value just above the line as for years.',
          ],
          ['Judgement', 'Diabetes well controlled on metformin alone.'],
          [
            'Plan',
            'No change. Influenza vaccination every October. Dr Diaz sees the liver in two months. Next blood test in three months.',
          ],
        ],
      });
    });
  }
  visit(chart, { at: time.workday(18, '14:10'), by: 'dr-diaz', why: findings.fattyLiver }, (liverVisit) => {
    vitalSigns(chart, liverVisit, { pressure: [131, 79], pulse: 71 });
    laboratory(chart, 'liver', { at: liverVisit.at + 15 * minute, by: 'dr-diaz', visit: liverVisit }, { alt: 38, ast: 29 });
    note(chart, liverVisit, {
      kind: 'visit',
      title: 'Liver, the yearly visit',
      sections: [
        [
          'Since last time',
          'Routine visit. Feels well, walks daily. Ankles a little swollen in the evening, gone by morning. Two glasses of wine on Sundays. Weight down almost two kilograms in a year without trying hard.',
        ],
        [
          'Findings',
          'Liver edge not felt. No spider marks, no yellow. Ultrasound: moderate fat, smooth surface, spleen normal. Stiffness 5.4 kPa, as last year. ALT 38, AST 29.',
        ],
        ['Judgement', 'Fatty liver without scarring, steady for five years, part of her diabetes.'],
        ['Plan', 'No change. Atorvastatin is safe for this liver and should go on. Next ultrasound in a year.'],
      ],
    });
  });
  plan(chart, {
    title: 'Living with diabetes',
    since: time.ago(340),
    by: 'dr-tan',
    about: [diabetes, liver],
    steps: ['Blood test every three months', 'Feet every week', 'Eye photograph every year', 'Forty minutes of walking a day'],
  });
}

function faint({ time }: Telling, chart: Chart): void {
  allergy(chart, findings.penicillin, { ...rash, by: 'dr-osei' });
  visit(chart, { at: time.ago(48, '02:10'), minutes: 245, kind: 'emergency', by: 'dr-osei', why: findings.syncope }, (night) => {
    vitalSigns(chart, night, { pressure: [118, 66], pulse: 76, oxygen: 97, temperature: 36.4, breathing: 16 });
    pressure(chart, { at: night.at + 20 * minute, visit: night, note: 'Standing, first minute: dizzy.' }, 92, 54);
    pressure(chart, { at: night.at + 220 * minute, visit: night, note: 'Standing, after half a litre of fluid: steady.' }, 121, 70);
    measure(chart, 'glucose', { at: night.at + 6 * minute, visit: night }, 6.4);
    const sample = { at: night.at + 25 * minute, by: 'dr-osei', visit: night };
    laboratory(chart, 'blood', sample, { haemoglobin: 12.9, whiteCells: 6.8, platelets: 243, crp: 1.4 });
    laboratory(chart, 'kidneys', sample, kidneys(chart, night.at, 88, 4.2, 138));
    laboratory(chart, 'heart', { ...sample, conclusion: 'No sign of damage to the heart muscle.' }, { troponin: 7 });
    procedure(chart, procedures.ecg, {
      at: night.at + 12 * minute,
      by: 'dr-osei',
      visit: night,
      outcome: 'Sinus rhythm, 74 a minute, no block, no pause.',
    });
    condition(chart, findings.syncope, { onset: night.at, until: time.ago(47, '09:00'), by: 'dr-osei', visit: night });
    note(chart, night, {
      kind: 'emergency',
      title: 'Brief faint at home after standing up',
      sections: [
        [
          'What happened',
          `Got up for the bathroom about half past one, felt warm and light-headed, and went down in the hall. Her daughter heard it and found her awake within a minute, pale, making sense. No shaking, no bitten tongue, did not wet herself. No chest pain before or after. She had cleared the garden all of ${spoken(time.ago(49))} and drunk little. Takes ramipril 5 mg, amlodipine 5 mg, metformin 500 mg twice, atorvastatin 20 mg. Could not answer at the door; allergies were opened without asking her.`,
        ],
        [
          'Findings',
          'Alert on arrival. Pressure 118 over 66 lying, 92 over 54 in the first minute of standing, with dizziness. Pulse 76. Heart trace normal. Sugar 6.4. No injury but a bruise on the left hip; walks freely. Strength, speech and eyes without finding.',
        ],
        [
          'Judgement',
          'Faint on standing up, from too little fluid and two pressure tablets. No sign of a disturbance of rhythm; troponin normal at one and three hours.',
        ],
        [
          'Course',
          'Half a litre of fluid over two hours, then 121 over 70 standing without complaint. Sent home after four hours, with her daughter.',
        ],
        [
          'Plan',
          'Six cups a day, more on warm days. Stand up in two steps. Home readings as before. Dr Chen to review the tablets at her next visit. Back at once if it happens again.',
        ],
      ],
    });
    bill(
      chart,
      night,
      findings.syncope,
      [
        ['Emergency department, level 3', 214.5],
        ['Blood tests', 61.2],
        ['Heart trace', 38],
      ],
      0.9,
    );
  });
}

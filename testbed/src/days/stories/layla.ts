/**
 * Layla: a heart that sometimes loses its rhythm.
 *
 * Palpitations nobody could catch, until a watch recorded thirty-eight hours of atrial fibrillation. Bisoprolol
 * slows her pulse, apixaban protects her from a stroke, and of the second episode she noticed nothing.
 *
 * @module
 */
import { bill } from '../billing.ts';
import { answer, wandering } from '../body.ts';
import { hour, type Moment, minute, spoken, wall, winter } from '../calendar.ts';
import type { Chart } from '../chart.ts';
import { findings, medicines, procedures, vaccines } from '../codes.ts';
import { heartTrace } from '../ecg.ts';
import { allergy, condition } from '../findings.ts';
import { kidneys, laboratory, lipids } from '../laboratory.ts';
import { note } from '../notes.ts';
import { build, device, measure, pressure, smoking, vitalSigns } from '../readings.ts';
import type { Story, Telling } from '../story.ts';
import { plan, prescribe, procedure, vaccinate } from '../treatment.ts';
import { visit } from '../visits.ts';

export const layla: Story = (telling) => {
  const heart = telling.chart('northgate');
  home(telling, heart);
  familyClinic(telling, telling.chart('millbrook'));
  emergency(telling, telling.chart('larkfield'));
  cardiology(telling, heart);
};

/** The two episodes: when they began, in days before `to`, and how many hours they lasted. */
export const episodes = [
  { back: 95, from: '19:30', hours: 38, pulse: 132 },
  { back: 19, from: '21:10', hours: 3, pulse: 112 },
] as const;

/** When the clinic gave her the watch, in days before `to`. */
const watchSince = 182;

/** When she came to the emergency department, and so when bisoprolol began. */
const arrived = ({ time }: Telling): Moment => time.ago(episodes[0].back, '23:05');

function home(telling: Telling, chart: Chart): void {
  const { time, chance } = telling;
  const watch = device(chart, 'Watch', 'Pulse 4');
  const cuff = device(chart, 'Arm cuff', 'AC-2');
  const [beat, high, low] = [
    wandering(chance.fork('pulse'), 2.5),
    wandering(chance.fork('systolic'), 4),
    wandering(chance.fork('diastolic'), 2.5),
  ];
  const clock = chance.fork('clock');
  const inEpisode = (at: Moment): boolean =>
    episodes.some(({ back, from, hours }) => at >= time.ago(back, from) && at <= time.ago(back, from) + hours * hour);
  for (const date of time.days()) {
    const weekday = new Date(date).getUTCDay();
    const at = wall(date, '07:35') + clock.whole(0, 25) * minute;
    const slowed = answer(at, arrived(telling), 5);
    if (weekday < 6 && weekday !== 3 && at > time.ago(watchSince, '12:00')) {
      if (!inEpisode(at)) measure(chart, 'pulse', { at, device: watch }, 75 + winter(at) - 11 * slowed + beat());
    }
    if (weekday === 6)
      pressure(
        chart,
        { at: at + 5 * minute, device: cuff },
        Math.round(131 + 3 * winter(at) - 5 * slowed + high()),
        Math.round(79 - 3 * slowed + low()),
      );
  }
  const wild = chance.fork('episode');
  for (const { back, from, hours, pulse } of episodes) {
    const begin = time.ago(back, from);
    for (let at = begin; at <= begin + hours * hour; at += hours > 10 ? 1.5 * hour : 20 * minute) {
      const medicated = hours > 10 ? answer(at, arrived(telling) + hour, 0.4) : 0;
      measure(chart, 'pulse', { at, device: watch, note: 'Irregular.' }, pulse - 24 * medicated + wild.normal(0, 8));
    }
    heartTrace(chart, { at: begin + 4 * minute, device: watch, note: 'Recorded by the watch by itself.' }, pulse, 'fibrillation');
  }
  heartTrace(chart, { at: time.ago(2, '08:05'), device: watch }, 63);
}

function familyClinic({ time }: Telling, chart: Chart): void {
  condition(chart, findings.lipids, { onset: '2018', by: 'dr-novak' });
  procedure(chart, procedures.cataractSurgery, { at: '2024-02', by: 'dr-novak', outcome: 'Left eye, elsewhere; from her own account.' });
  for (let year = 2020; year <= new Date(time.to).getUTCFullYear(); year++) vaccinate(chart, vaccines.influenza, `${year}-10-2${year % 7}`);
  vaccinate(chart, vaccines.covid, '2021-03-30', 1);
  vaccinate(chart, vaccines.covid, '2021-06-22', 2);
  prescribe(chart, {
    medicine: medicines.atorvastatin,
    strength: '20 mg',
    how: 'One each evening',
    daily: 1,
    since: '2018-05',
    by: 'dr-novak',
  });
  visit(chart, { at: time.workday(338, '09:50'), by: 'dr-novak', why: findings.checkUp }, (yearly) => {
    vitalSigns(chart, yearly, { pressure: [133, 80], pulse: 76, temperature: 36.6 });
    build(chart, { at: yearly.at + 6 * minute, visit: yearly }, 72.8, 160);
    smoking(chart, { at: yearly.at, visit: yearly }, findings.neverSmoked);
    const sample = { at: yearly.at + 10 * minute, by: 'dr-novak', visit: yearly };
    laboratory(chart, 'lipids', sample, lipids(4.9, 1.52, 1.3));
    laboratory(chart, 'kidneys', sample, kidneys(chart, yearly.at, 66, 4.3, 140));
    laboratory(chart, 'blood', sample, { haemoglobin: 13.2, whiteCells: 6.1, platelets: 236 });
  });
  visit(chart, { at: time.workday(watchSince, '11:20'), by: 'dr-novak', why: findings.palpitations }, (first) => {
    vitalSigns(chart, first, { pressure: [134, 81], pulse: 74, oxygen: 98 });
    condition(chart, findings.palpitations, { onset: time.ago(200), until: time.ago(90), by: 'dr-novak', visit: first });
    laboratory(
      chart,
      'thyroid',
      { at: first.at + 10 * minute, by: 'dr-novak', visit: first, conclusion: 'The thyroid is not the cause.' },
      { tsh: 1.87 },
    );
    procedure(chart, procedures.ecg, {
      at: first.at + 15 * minute,
      by: 'dr-novak',
      visit: first,
      outcome: 'Sinus rhythm, 74 a minute, without finding.',
    });
    note(chart, first, {
      kind: 'visit',
      title: 'A bird in the chest',
      sections: [
        [
          'Since last time',
          'Three times in three weeks her heart fluttered “like a bird in the chest”, ten minutes to an hour, always in the evening, a little short of breath with it. Gone by the time anyone could listen. Coffee twice a day. Talked with her son Yusuf translating the finer points.',
        ],
        ['Findings', 'Pulse 74 and regular, pressure 134 over 81. Heart trace without finding. Thyroid and blood count normal.'],
        ['Judgement', 'Possibly atrial fibrillation that comes and goes. Not proven.'],
        [
          'Plan',
          'A watch that records when the pulse turns irregular, its traces go to Northgate Hospital. To the emergency department when it lasts more than an hour or she feels faint.',
        ],
      ],
    });
  });
  visit(chart, { at: time.workday(40, '10:40'), by: 'dr-novak', why: findings.fibrillation }, (later) => {
    vitalSigns(chart, later, { pressure: [126, 76], pulse: 63 });
    const sample = { at: later.at + 10 * minute, by: 'dr-novak', visit: later };
    laboratory(chart, 'kidneys', { ...sample, conclusion: 'Dose of apixaban is right.' }, kidneys(chart, later.at, 69, 4.4, 139));
    laboratory(chart, 'blood', sample, { haemoglobin: 12.9, whiteCells: 6.4, platelets: 229 });
  });
}

function emergency(telling: Telling, chart: Chart): void {
  const arrival = arrived(telling);
  allergy(chart, findings.penicillin, {
    onset: '1988',
    category: 'medication',
    criticality: 'low',
    reaction: findings.rash,
    severity: 'mild',
    by: 'dr-osei',
    note: 'By her own account; never tested.',
  });
  const night = visit(chart, { at: arrival, minutes: 600, kind: 'emergency', by: 'dr-osei', why: findings.fibrillation }, (stay) => {
    for (const [hours, systolic, diastolic, pulse] of [
      [0, 142, 88, 138],
      [1.5, 131, 82, 121],
      [4, 126, 78, 112],
      [9, 124, 77, 104],
    ] as const) {
      vitalSigns(
        chart,
        stay,
        { pressure: [systolic, diastolic], pulse, ...(hours === 0 ? { oxygen: 97, temperature: 36.7, breathing: 20 } : {}) },
        arrival + (hours * 60 + 8) * minute,
      );
    }
    heartTrace(chart, { at: arrival + 14 * minute, visit: stay }, 136, 'fibrillation');
    const sample = { at: arrival + 20 * minute, by: 'dr-osei', visit: stay };
    laboratory(chart, 'blood', sample, { haemoglobin: 13.1, whiteCells: 7.7, platelets: 241, crp: 1.1 });
    laboratory(chart, 'kidneys', sample, kidneys(chart, arrival, 70, 4, 139));
    laboratory(chart, 'heart', sample, { troponin: 11 });
    note(chart, stay, {
      kind: 'emergency',
      title: 'Atrial fibrillation, first time on paper',
      sections: [
        [
          'What happened',
          'Her watch called at half past seven in the evening: irregular, 130 a minute. Felt the flutter, a little short of breath on the stairs. No pain, no faint. Came with her son after three hours.',
        ],
        [
          'Findings',
          'Pulse 138, irregular. Pressure 142 over 88. Lungs clear, no swelling. Heart trace: atrial fibrillation, 136 a minute, no sign of lack of blood. Troponin, potassium, kidney values and blood count normal.',
        ],
        [
          'Judgement',
          'Atrial fibrillation, began today. Points for stroke: age one, woman one. Both she and we think protection is right.',
        ],
        [
          'Course',
          'Bisoprolol by mouth, pulse 104 in the morning, feels better, still irregular. No electric shock: it is likely to stop by itself.',
        ],
        [
          'Plan',
          'Bisoprolol 2.5 mg each morning, apixaban 5 mg morning and evening; no aspirin, no ibuprofen. Northgate heart clinic within three weeks. Back at once with chest pain, faint, weakness of face or arm, or bleeding that does not stop.',
        ],
      ],
    });
    bill(
      chart,
      stay,
      findings.fibrillation,
      [
        ['Emergency department, level 4', 312.75],
        ['Heart traces', 76],
        ['Blood tests', 92.1],
      ],
      0.9,
    );
  });
  const why = [
    condition(chart, findings.fibrillation, { onset: telling.time.ago(episodes[0].back, episodes[0].from), by: 'dr-osei', visit: night }),
  ];
  prescribe(chart, {
    medicine: medicines.bisoprolol,
    strength: '2.5 mg',
    how: 'One each morning',
    daily: 1,
    since: arrival + hour,
    by: 'dr-osei',
    visit: night,
    why,
  });
  prescribe(chart, {
    medicine: medicines.apixaban,
    strength: '5 mg',
    how: 'One morning and evening',
    daily: 2,
    since: arrival + hour,
    by: 'dr-osei',
    visit: night,
    why,
  });
}

function cardiology(telling: Telling, chart: Chart): void {
  const { time } = telling;
  const first = episodes[0];
  const stopped = time.ago(first.back, first.from) + first.hours * hour;
  const fibrillation = condition(chart, findings.fibrillation, { onset: time.ago(first.back, first.from), by: 'dr-chen' });
  visit(chart, { at: time.workday(80, '13:30'), by: 'dr-chen', why: findings.fibrillation }, (clinic) => {
    vitalSigns(chart, clinic, { pressure: [127, 77], pulse: 64, oxygen: 98 });
    procedure(chart, procedures.echo, {
      at: clinic.at + 30 * minute,
      by: 'dr-chen',
      visit: clinic,
      outcome: 'Left atrium slightly wide (38 mL/m²), pumps well, valves without finding.',
    });
    heartTrace(chart, { at: clinic.at + 10 * minute, visit: clinic }, 64);
    note(chart, clinic, {
      kind: 'letter',
      title: 'Atrial fibrillation that comes and goes',
      sections: [
        ['Asked by', 'Dr Osei, Larkfield Hospital, after a night in the emergency department.'],
        [
          'Since then',
          `The watch shows that the rhythm came back by itself on ${spoken(stopped)}, after thirty-eight hours. No flutter since. Takes both medicines; no bleeding, a bruise now and then. Cold hands since bisoprolol, bearable.`,
        ],
        [
          'Findings',
          'Pulse 64 and regular, pressure 127 over 77. Echo: left atrium slightly wide, otherwise without finding. Heart trace in sinus rhythm.',
        ],
        [
          'Judgement',
          'Paroxysmal atrial fibrillation, one documented episode. Thyroid normal, kidneys good, pressure at the upper edge of good.',
        ],
        [
          'Plan',
          'Bisoprolol and apixaban as they are. She need not come for each flutter: the watch reports to us. If episodes come more than once a month or trouble her, we talk about flecainide or ablation. Kidney values twice a year at Millbrook Clinic.',
        ],
      ],
    });
  });
  visit(chart, { at: time.workday(16, '15:10'), kind: 'video', by: 'dr-chen', why: findings.fibrillation }, (call) => {
    note(chart, call, {
      kind: 'visit',
      title: 'A second episode, unnoticed',
      sections: [
        [
          'Why',
          `The watch recorded three hours of atrial fibrillation in the evening of ${spoken(time.ago(episodes[1].back))}, about 112 a minute. She was baking for a wedding and noticed nothing.`,
        ],
        [
          'Judgement',
          'Second episode in eleven weeks, short, slower under bisoprolol. Apixaban matters just as much when she does not feel it.',
        ],
        [
          'Plan',
          'No change. She asked whether the watch disturbs her sleep: the call at night can be switched off, the recording goes on. Next visit in three months.',
        ],
      ],
    });
  });
  plan(chart, {
    title: 'Heart rhythm',
    since: time.ago(80),
    by: 'dr-chen',
    about: [fibrillation],
    steps: [
      'Watch on, day and night',
      'Apixaban morning and evening, never two missed in a row',
      'Kidney values every six months',
      'Call when a flutter lasts more than a day',
    ],
  });
}

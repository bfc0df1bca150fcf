/**
 * María: two illnesses she tells few people about.
 *
 * Northgate Hospital treats her HIV (for years not to be found in the blood) and, this year, a depression that
 * sertraline and talking lift. All of it carries labels. Millbrook Clinic, where she goes with a cold or a
 * migraine, knows of neither.
 *
 * @module
 */
import { bill } from '../billing.ts';
import { wandering } from '../body.ts';
import { day, minute, wall, winter } from '../calendar.ts';
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

export const maria: Story = (telling) => {
  const hospital = telling.chart('northgate');
  home(telling, telling.chart('millbrook'));
  hiv(telling, hospital);
  mood(telling, hospital);
  familyClinic(telling, telling.chart('millbrook'));
};

/** When sertraline began, in days before `to`. */
export const sertralineSince = 196;

function home({ time, chance }: Telling, chart: Chart): void {
  const watch = device(chart, 'Watch', 'Pulse 4');
  const scale = device(chart, 'Bathroom scale', 'BS-7');
  const cuff = device(chart, 'Arm cuff', 'AC-2');
  const [beat, kilograms] = [wandering(chance.fork('pulse'), 2.8), wandering(chance.fork('weight'), 0.3, 0.8)];
  const [high, low] = [wandering(chance.fork('systolic'), 3.5), wandering(chance.fork('diastolic'), 2.5)];
  const clock = chance.fork('clock');
  for (const date of time.days()) {
    const weekday = new Date(date).getUTCDay();
    const at = wall(date, '06:45') + clock.whole(0, 30) * minute;
    if (weekday === 2 || weekday === 0) measure(chart, 'pulse', { at, device: watch }, 61 + winter(at) + beat());
    if (weekday === 1) measure(chart, 'weight', { at, device: scale }, 58.6 + 0.7 * winter(at) + kilograms());
    if (weekday === 5)
      pressure(chart, { at, device: cuff }, Math.round(116 + 3 * winter(at) + high()), Math.round(72 + winter(at) + low()));
  }
}

function hiv({ time }: Telling, chart: Chart): void {
  const privacy = 'HIV' as const;
  const infection = condition(chart, findings.hiv, { onset: '2019-03', by: 'dr-petrova', privacy });
  prescribe(chart, {
    medicine: medicines.antiretroviral,
    strength: '50 mg/200 mg/25 mg',
    how: 'One a day, with or without food',
    daily: 1,
    since: '2019-04',
    by: 'dr-petrova',
    why: [infection],
    privacy,
  });
  vaccinate(chart, vaccines.hepatitisB, '2019-06-11', 1);
  vaccinate(chart, vaccines.hepatitisB, '2019-07-16', 2);
  vaccinate(chart, vaccines.hepatitisB, '2019-12-10', 3);
  vaccinate(chart, vaccines.pneumococcal, '2019-06-11');
  for (const { back, cd4, creatinine } of [
    { back: 322, cd4: 641, creatinine: 71 },
    { back: 141, cd4: 688, creatinine: 73 },
  ]) {
    visit(chart, { at: time.workday(back, '08:50'), by: 'dr-petrova', why: findings.checkUp, privacy }, (half) => {
      const sample = { at: half.at + 12 * minute, by: 'dr-petrova', visit: half };
      vitalSigns(chart, half, { pressure: [118, 73], pulse: 62, temperature: 36.5 });
      laboratory(
        chart,
        'hiv',
        { ...sample, privacy, conclusion: 'Below 20 copies: not passed on. CD4 as in people without HIV.' },
        { viralLoad: 12, cd4 },
      );
      laboratory(chart, 'kidneys', sample, kidneys(chart, half.at, creatinine, 4.2, 140));
      laboratory(chart, 'liver', sample, { alt: 19, ast: 21 });
      laboratory(chart, 'lipids', sample, lipids(4.6, 1.61, 1.0));
      if (back === 322) build(chart, { at: half.at + 7 * minute, visit: half }, 59.1, 168);
      note(chart, half, {
        kind: 'visit',
        title: 'Half-yearly visit',
        privacy,
        sections: [
          [
            'Since last time',
            `Takes the tablet every evening at nine, ${back === 322 ? 'missed one in six months' : 'never missed since'}. No fever, no night sweats, weight steady. Runs three times a week.`,
          ],
          [
            'Findings',
            `No enlarged nodes, mouth and skin without finding. Viral load below 20 copies for the seventh year. CD4 cells ${cd4}. Kidney and liver values normal.`,
          ],
          [
            'Judgement',
            back === 322
              ? 'HIV, fully suppressed. Sleeps badly of late; somebody to talk to was offered, and wished for.'
              : 'HIV, fully suppressed. The tablet agrees with everything else she takes.',
          ],
          [
            'Plan',
            'No change. Iron, magnesium and antacids two hours apart from the tablet. She does not want Millbrook Clinic told; respected, and asked again next year. Blood test in six months.',
          ],
        ],
      });
    });
  }
}

function mood({ time }: Telling, chart: Chart): void {
  const privacy = 'PSY' as const;
  const begin = time.workday(sertralineSince, '14:00');
  const first = visit(chart, { at: begin, minutes: 55, by: 'dr-rao', why: findings.depression, privacy }, (talk) => {
    measure(chart, 'mood', { at: talk.at + 5 * minute, visit: talk, privacy }, 17);
    heartTrace(chart, { at: talk.at + 50 * minute, visit: talk, note: 'Before sertraline; QTc 412 ms.', privacy }, 62);
    note(chart, talk, {
      kind: 'mind',
      title: 'First conversation',
      privacy: 'PSY-notes',
      sections: [
        [
          'What brings her',
          'Sent by a colleague in this house. Her mother died nine months ago in Donostia; she arrived a day late. Since then wakes at four, sees no point in the choir, eats because her brother cooks. Cries in the net loft where nobody comes. Works on, mends nets for two boats.',
        ],
        [
          'Earlier',
          'One low winter at twenty-three, passed without treatment. No high phases. Wine on Fridays, no drugs. An uncle took his life.',
        ],
        [
          'In conversation',
          'Friendly, tired, chooses words with care. Slow at first, warmer when she speaks of the sea. Guilt that goes beyond what happened. No voices, no fixed ideas. Thinks at times that she would not mind not waking up; has no plan, would not do that to Iñaki. Promises to call, and I believe her.',
        ],
        ['Judgement', 'Moderate depression after a loss, PHQ-9 17 points. Not a danger to herself today.'],
        [
          'Plan',
          'Sertraline 50 mg each morning; effect in two to four weeks, restlessness at first is possible. Talks every two weeks, the first four fixed. Sleep: up at seven whatever the night was. Iñaki may know, nobody else. The night number is in her phone.',
        ],
      ],
    });
  });
  const depression = condition(chart, findings.depression, {
    onset: time.workday(sertralineSince, '14:20'),
    by: 'dr-rao',
    visit: first,
    privacy,
  });
  prescribe(chart, {
    medicine: medicines.sertraline,
    strength: '50 mg',
    how: 'One each morning',
    daily: 1,
    since: begin + 50 * minute,
    by: 'dr-rao',
    visit: first,
    why: [depression],
    privacy,
  });
  for (const [after, score] of [
    [14, 15],
    [42, 11],
    [84, 7],
    [140, 5],
    [182, 4],
  ] as const) {
    visit(
      chart,
      {
        at: time.workday(sertralineSince - after, '14:00'),
        minutes: 45,
        kind: after === 84 ? 'video' : 'clinic',
        by: 'dr-rao',
        why: findings.depression,
        privacy,
      },
      (talk) => {
        measure(chart, 'mood', { at: talk.at + 5 * minute, visit: talk, privacy }, score);
        if (after !== 182) return;
        note(chart, talk, {
          kind: 'mind',
          title: 'Half a year on',
          privacy: 'PSY-notes',
          sections: [
            [
              'Since last time',
              'Sings again, altos on the left. Slept through most of the week. Went to Donostia for the anniversary and stayed two days longer than planned.',
            ],
            [
              'In conversation',
              'Present, quick, sad where sadness belongs. The thought of not waking has not come back since the second month.',
            ],
            ['Judgement', 'Depression largely lifted, PHQ-9 4 points.'],
            [
              'Plan',
              'Sertraline for at least six more months, then slowly out together. Talks once a month. She knows her early signs: waking at four, leaving the choir, not answering Iñaki.',
            ],
          ],
        });
      },
    );
  }
}

function familyClinic({ time }: Telling, chart: Chart): void {
  const migraine = condition(chart, findings.migraine, { onset: '2004', by: 'dr-novak' });
  allergy(chart, findings.penicillin, {
    onset: '1995',
    category: 'medication',
    criticality: 'high',
    reaction: findings.hives,
    severity: 'moderate',
    by: 'dr-novak',
    note: 'Hives within the hour, as a child in Spain.',
  });
  procedure(chart, procedures.appendix, { at: '2018-08-14', by: 'dr-novak', outcome: 'Through the keyhole; home the next day.' });
  prescribe(chart, {
    medicine: medicines.sumatriptan,
    strength: '50 mg',
    how: 'One at the beginning of a migraine, at most two a day',
    daily: 0,
    since: '2016-01',
    by: 'dr-novak',
    why: [migraine],
  });
  for (let year = 2022; year <= new Date(time.to).getUTCFullYear(); year++) vaccinate(chart, vaccines.influenza, `${year}-10-1${year % 7}`);
  vaccinate(chart, vaccines.covid, '2021-05-18', 1);
  vaccinate(chart, vaccines.covid, '2021-08-10', 2);
  visit(chart, { at: time.workday(276, '09:10'), by: 'dr-novak', why: findings.cold }, (cold) => {
    vitalSigns(chart, cold, { pressure: [114, 72], pulse: 84, temperature: 38.2, oxygen: 98 });
    condition(chart, findings.cold, { onset: cold.at - 2 * day, until: cold.at + 6 * day, by: 'dr-novak', visit: cold });
    takes(chart, {
      medicine: medicines.paracetamol,
      strength: '500 mg',
      how: 'Two when the head aches',
      daily: 0,
      since: cold.at - day,
      until: cold.at + 3 * day,
      by: 'dr-novak',
      visit: cold,
      asked: cold.at + 8 * minute,
      words: 'Names no other medicines when asked.',
    });
    note(chart, cold, {
      kind: 'visit',
      title: 'A cold with fever',
      sections: [
        ['Since', 'Three days of cough, runny nose, temperature to 38.2 °C. Drinks well. Her brother had the same last week.'],
        ['Findings', 'Throat red without coating, ears clear, lungs clear, oxygen 98 %.'],
        [
          'Plan',
          'Rest, paracetamol, tea. No antibiotic; penicillin would not be possible anyway. Back if the fever lasts beyond five days or she becomes short of breath.',
        ],
      ],
    });
    bill(chart, cold, findings.cold, [['Clinic visit', 48.5]], 0.8);
  });
  visit(chart, { at: time.workday(101, '16:30'), by: 'dr-novak', why: findings.migraine }, (head) => {
    vitalSigns(chart, head, { pressure: [117, 71], pulse: 62 });
    smoking(chart, { at: head.at, visit: head }, findings.neverSmoked);
    laboratory(
      chart,
      'blood',
      { at: head.at + 10 * minute, by: 'dr-novak', visit: head },
      { haemoglobin: 13.4, whiteCells: 5.6, platelets: 262, ferritin: 48 },
    );
    note(chart, head, {
      kind: 'visit',
      title: 'Migraine, once a month',
      sections: [
        [
          'Since last time',
          'One attack a month, left side, light hurts, over after sumatriptan and two hours of dark. Sleeps better than half a year ago and believes that helps.',
        ],
        ['Findings', 'Eyes, face, strength and walk without finding. Pressure 117 over 71.'],
        [
          'Judgement',
          'Migraine, unchanged for twenty years. Asked about other medicines she says she would rather not list them; told her why it matters before anything new is prescribed.',
        ],
        ['Plan', 'Sumatriptan as before, at most eight a month. A diary. No daily medicine wanted.'],
      ],
    });
  });
  plan(chart, {
    title: 'Migraine diary',
    since: time.ago(101),
    by: 'dr-novak',
    about: [migraine],
    steps: ['Write down each attack', 'At most eight tablets a month', 'Regular sleep and meals'],
  });
}

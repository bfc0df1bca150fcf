import { expect, test } from 'vitest';
import { openStage, patient, pulse } from './fixture.testing.ts';

test("a cloud that says a chart is somebody else's is not believed by the doctor", async () => {
  await using stage = await openStage();
  const northgate = await stage.place('northgate');
  await stage.take(northgate, [patient('p'), pulse('p', 'a', '2026-11-19')]);
  const ivy = stage.patient('ivy');
  await stage.cloudAs(ivy).records.charts();
  const chen = await stage.doctor('chen', { at: northgate });
  expect((await stage.open(chen)).ids).toContain('a');

  await stage.sql('update chart set owner = $1 where owner != writer', [Buffer.from(ivy.card.id)]);
  const { records, problems } = await stage.open(chen);
  expect(records.flatMap(({ entries }) => entries).map(({ resource }) => resource.id)).not.toContain('a');
  expect(problems.map(({ kind, what }) => [kind, what])).toContainEqual(['tampered', 'nobody who may says whose chart this is']);
});

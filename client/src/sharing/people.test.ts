import { expect, test } from 'vitest';
import { areOne, deniedOnes, doctorsIn } from './people.ts';

const at = (id: string, name: string, organisation: string) => ({ id, name, organisation });
const northgate = at('01', 'Dr Mei Chen', 'Northgate Hospital');
const osei = at('02', 'Dr Kwame Osei', 'Northgate Hospital');
const harbour = at('03', 'Dr Mei  chen', 'Harbour Clinic');
const directory = [northgate, osei, harbour];

test('who works at two places is one doctor with two numbers; a colleague is another', () => {
  expect(doctorsIn(directory)).toEqual([
    { name: 'Dr Mei Chen', numbers: [harbour, northgate] },
    { name: 'Dr Kwame Osei', numbers: [osei] },
  ]);
  expect(areOne(directory, '01', '03')).toBe(true);
  expect(areOne(directory, '01', '02')).toBe(false);
  expect(areOne([], '01', '01')).toBe(true);
  // Another spelling is another doctor.
  expect(areOne([northgate, at('04', 'Dr M. Chen', 'Larkfield')], '01', '04')).toBe(false);
});

test('a number that came after the denial is free of it, and so is one that was overlooked', () => {
  expect(deniedOnes(directory, [['01'], ['01']])).toEqual([
    { name: 'Dr Mei Chen', numbers: [harbour, northgate], ids: ['03', '01'], free: [harbour], everywhere: false },
  ]);
  expect(
    deniedOnes(directory, [
      ['01', '03'],
      ['03', '01'],
    ]),
  ).toMatchObject([{ free: [], everywhere: true }]);
});

test('what was denied of one chart alone is not everywhere, and a number that nobody lists stands for itself', () => {
  expect(deniedOnes(directory, [['02'], []])).toMatchObject([{ name: 'Dr Kwame Osei', free: [], everywhere: false }]);
  expect(deniedOnes(directory, [['99']])).toEqual([{ name: null, numbers: [], ids: ['99'], free: [], everywhere: true }]);
  expect(deniedOnes(directory, [])).toEqual([]);
});

import { expect, test } from 'vitest';
import { people } from './people.ts';

test('who works at two places is one person with two cards; a colleague is another', () => {
  const chen = { name: 'Dr Mei Chen', specialty: 'cardiology', fingerprint: null };
  const directory = [
    { id: '01', organisation: 'Northgate Hospital', ...chen },
    { id: '02', organisation: 'Northgate Hospital', name: 'Dr Kwame Osei', specialty: 'emergency', fingerprint: null },
    { id: '03', organisation: 'Harbour Clinic', ...chen },
  ];
  expect(people(directory)).toEqual([
    { ids: ['01', '03'], name: 'Dr Mei Chen', specialty: 'cardiology', places: ['Harbour Clinic', 'Northgate Hospital'] },
    { ids: ['02'], name: 'Dr Kwame Osei', specialty: 'emergency', places: ['Northgate Hospital'] },
  ]);
});

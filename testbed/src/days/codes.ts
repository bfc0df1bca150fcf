/**
 * The medical words the stories use, each with its code. SNOMED CT for findings and procedures, ATC for
 * medicines, CVX for vaccines.
 *
 * @module
 */
import { type Concept, concept, systems } from './fhir.ts';

const snomed = (code: string, display: string, text?: string): Concept => concept(systems.snomed, code, display, text);

export const findings = {
  hypertension: snomed('59621000', 'Essential hypertension', 'High blood pressure'),
  diabetes: snomed('44054006', 'Diabetes mellitus type 2', 'Type 2 diabetes'),
  lipids: snomed('55822004', 'Hyperlipidemia', 'Raised cholesterol'),
  fattyLiver: snomed('197321007', 'Steatosis of liver', 'Fatty liver'),
  syncope: snomed('271594007', 'Syncope', 'Faint on standing up'),
  knee: snomed('239873007', 'Osteoarthritis of knee', 'Worn knee joint'),
  cataract: snomed('193570009', 'Cataract'),
  copd: snomed('13645005', 'Chronic obstructive lung disease', 'COPD'),
  copdFlare: snomed('195951007', 'Acute exacerbation of chronic obstructive airways disease', 'Flare-up of COPD'),
  exSmoker: snomed('8517006', 'Ex-smoker'),
  neverSmoked: snomed('266919005', 'Never smoked tobacco'),
  asthma: snomed('195967001', 'Asthma'),
  asthmaAttack: snomed('281239006', 'Exacerbation of asthma', 'Asthma attack'),
  peanut: snomed('91935009', 'Allergy to peanut', 'Peanut'),
  penicillin: snomed('91936005', 'Allergy to penicillin', 'Penicillin'),
  latex: snomed('300916003', 'Latex allergy', 'Latex'),
  rash: snomed('271807003', 'Eruption of skin', 'Rash'),
  hives: snomed('126485001', 'Urticaria', 'Hives'),
  anaphylaxis: snomed('39579001', 'Anaphylaxis'),
  eczema: snomed('24079001', 'Atopic dermatitis', 'Eczema'),
  pregnancy: snomed('77386006', 'Pregnancy'),
  anaemia: snomed('87522002', 'Iron deficiency anemia', 'Low iron'),
  fibrillation: snomed('282825002', 'Paroxysmal atrial fibrillation', 'Atrial fibrillation that comes and goes'),
  palpitations: snomed('80313002', 'Palpitations'),
  hiv: snomed('86406008', 'Human immunodeficiency virus infection', 'HIV'),
  depression: snomed('832007', 'Moderate major depression', 'Depression'),
  migraine: snomed('37796009', 'Migraine'),
  cold: snomed('54150009', 'Upper respiratory infection', 'Cold'),
  checkUp: snomed('185349003', 'Encounter for check up', 'Check-up'),
} as const;

export const procedures = {
  ecg: snomed('29303009', 'Electrocardiographic procedure', 'Heart trace'),
  echo: snomed('40701008', 'Echocardiography', 'Ultrasound of the heart'),
  spirometry: snomed('127783003', 'Spirometry', 'Breathing test'),
  cataractSurgery: snomed('54885007', 'Cataract surgery'),
  gallbladder: snomed('38102005', 'Cholecystectomy', 'Gallbladder removed'),
  appendix: snomed('80146002', 'Appendectomy', 'Appendix removed'),
  delivery: snomed('177184002', 'Normal delivery procedure', 'Birth'),
  nebuliser: snomed('56251003', 'Nebulizer therapy'),
  oxygen: snomed('57485005', 'Oxygen therapy'),
  scan: snomed('268445003', 'Ultrasound scan - obstetric', 'Ultrasound of the baby'),
  physiotherapy: snomed('91251008', 'Physical therapy procedure', 'Physiotherapy'),
} as const;

/** A medicine: its ATC word and the form it comes in. */
export type Medicine = { readonly code: string; readonly name: string; readonly form: string };

const medicine = (code: string, name: string, form = 'tablet'): Medicine => ({ code, name, form });

export const medicines = {
  amlodipine: medicine('C08CA01', 'Amlodipine'),
  ramipril: medicine('C09AA05', 'Ramipril', 'capsule'),
  bisoprolol: medicine('C07AB07', 'Bisoprolol'),
  apixaban: medicine('B01AF02', 'Apixaban'),
  atorvastatin: medicine('C10AA05', 'Atorvastatin'),
  metformin: medicine('A10BA02', 'Metformin'),
  tiotropium: medicine('R03BB04', 'Tiotropium', 'inhaler'),
  salbutamol: medicine('R03AC02', 'Salbutamol', 'inhaler'),
  beclometasone: medicine('R03BA01', 'Beclometasone', 'inhaler'),
  prednisolone: medicine('H02AB06', 'Prednisolone'),
  doxycycline: medicine('J01AA02', 'Doxycycline', 'capsule'),
  adrenaline: medicine('C01CA24', 'Adrenaline', 'auto-injector'),
  cetirizine: medicine('R06AE07', 'Cetirizine', 'syrup'),
  folicAcid: medicine('B03BB01', 'Folic acid'),
  iron: medicine('B03AA02', 'Ferrous fumarate'),
  paracetamol: medicine('N02BE01', 'Paracetamol'),
  ibuprofen: medicine('M01AE01', 'Ibuprofen'),
  antiretroviral: medicine('J05AR20', 'Bictegravir with emtricitabine and tenofovir alafenamide'),
  sertraline: medicine('N06AB06', 'Sertraline'),
  sumatriptan: medicine('N02CC01', 'Sumatriptan'),
} as const;

const cvx = (code: string, display: string): Concept => concept(systems.cvx, code, display);

export const vaccines = {
  influenza: cvx('150', 'influenza, injectable, quadrivalent, preservative free'),
  pneumococcal: cvx('33', 'pneumococcal polysaccharide PPV23'),
  pneumococcalChild: cvx('133', 'pneumococcal conjugate PCV 13'),
  zoster: cvx('187', 'zoster recombinant'),
  covid: cvx('208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose'),
  sixInOne: cvx('146', 'DTaP,IPV,Hib,HepB'),
  rotavirus: cvx('119', 'rotavirus, monovalent'),
  meningococcal: cvx('162', 'meningococcal B, recombinant'),
  mmr: cvx('03', 'MMR'),
  preschool: cvx('130', 'DTaP-IPV'),
  tdap: cvx('115', 'Tdap'),
  hepatitisB: cvx('43', 'Hep B, adult'),
} as const;

/**
 * Who lives in the demo town, as plain data: no keys, no secrets, nobody real.
 *
 * Tests, the tour, the command line and the portal say these names and slugs and no others.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

export type PatientSlug = 'ada' | 'ben' | 'zoe' | 'siobhan' | 'layla' | 'maria';
export type OrganisationSlug = 'northgate' | 'larkfield' | 'st-brigids' | 'harbour' | 'millbrook';
export type DoctorSlug = 'dr-chen' | 'dr-diaz' | 'dr-osei' | 'dr-walsh' | 'dr-novak' | 'dr-lind';
export type ColleagueSlug = 'dr-tan' | 'dr-karim' | 'dr-amadi' | 'dr-petrova' | 'dr-rao';

/** A name as FHIR divides it; `given` may hold several. */
export type Name = { readonly prefix?: string; readonly given: readonly string[]; readonly family: string };

/** Where a person or a place is found by post. */
export type Address = { readonly lines: readonly string[]; readonly city: string; readonly postcode: string; readonly country: string };

/** A coded word: what it is called here, and what everybody else calls it. */
export type Specialty = { readonly word: string; readonly code: string; readonly display: string };

export type Patient = {
  readonly slug: PatientSlug;
  readonly name: Name;
  /** The same name in another script or spelling, as some other hospital wrote it down. */
  readonly alias?: Name;
  readonly sex: 'female' | 'male';
  /** `YYYY-MM-DD`. */
  readonly born: string;
  readonly phone: string;
  readonly email?: string;
  readonly address: Address;
  /** BCP 47. */
  readonly language: string;
  readonly marital: 'M' | 'S' | 'W' | 'U';
  readonly nationalId: string;
  readonly insurance: string;
  /** The record number at each place that knows this person; where there is one, there is a chart. */
  readonly records: Partial<Record<OrganisationSlug, string>>;
  readonly contact: { readonly name: Name; readonly relation: 'child' | 'partner' | 'parent' | 'sibling'; readonly phone: string };
  /** The story in one sentence, as the patient would tell it. */
  readonly story: string;
};

export type Organisation = {
  readonly slug: OrganisationSlug;
  readonly name: string;
  readonly initials: string;
  readonly kind: 'hospital' | 'clinic';
  /** A clinic's gateway; hospitals send to the cloud themselves. */
  readonly cloudlet?: string;
  readonly site: string;
  readonly phone: string;
  readonly address: Address;
};

type Clinician = {
  readonly name: Name;
  readonly sex: 'female' | 'male';
  readonly organisation: OrganisationSlug;
  /** The department inside the organisation: the `cardio` of `northgate/cardio`. */
  readonly unit: string;
  readonly specialty: Specialty;
  /** The certificate of the medical board; `since` and `until` are `YYYY-MM-DD`. */
  readonly certificate: { readonly number: string; readonly since: string; readonly until: string };
};

/** A doctor who has a key, or asks for one. */
export type Doctor = Clinician & { readonly slug: DoctorSlug; readonly standing: 'approved' | 'waiting' };

/** Somebody whose name stands under records, and who needs no key in the demo town. */
export type Colleague = Clinician & { readonly slug: ColleagueSlug };

export type Official = {
  readonly slug: 'sam' | 'mara' | 'joan';
  readonly name: Name;
  readonly role: 'cloudlet-admin' | 'approver';
  readonly office: OrganisationSlug | 'medical-board';
  readonly title: string;
};

const specialty = (word: string, code: string, display: string): Specialty => ({ word, code, display });

const cardiology = specialty('cardiology', '394579002', 'Cardiology');
const hepatology = specialty('hepatology', '408472002', 'Hepatology');
const emergency = specialty('emergency', '773568002', 'Emergency medicine');
const paediatrics = specialty('paediatrics', '394537008', 'Pediatric specialty');
const family = specialty('family-medicine', '419772000', 'Family practice');
const lungs = specialty('pulmonology', '418112009', 'Pulmonary medicine');
const obstetrics = specialty('obstetrics', '394585009', 'Obstetrics and gynecology');
const psychiatry = specialty('psychiatry', '394587001', 'Psychiatry');
const infections = specialty('infectious-diseases', '394807007', 'Infectious diseases');

const town = (line: string, postcode: string, city = 'North Harbour'): Address => ({ lines: [line], city, postcode, country: 'GB' });

export const organisations: readonly Organisation[] = [
  {
    slug: 'northgate',
    name: 'Northgate Hospital',
    initials: 'NH',
    kind: 'hospital',
    site: 'https://northgate.example',
    phone: '+44 1632 960 100',
    address: town('1 Northgate', 'NH1 1AA'),
  },
  {
    slug: 'larkfield',
    name: 'Larkfield Hospital',
    initials: 'LH',
    kind: 'hospital',
    site: 'https://larkfield.example',
    phone: '+44 1632 960 200',
    address: town('Larkfield Road', 'NH6 3LD'),
  },
  {
    slug: 'st-brigids',
    name: "St Brigid's Hospital for Women and Children",
    initials: 'SB',
    kind: 'hospital',
    site: 'https://st-brigids.example',
    phone: '+44 1632 960 300',
    address: town('24 Well Lane', 'NH2 7BT'),
  },
  {
    slug: 'harbour',
    name: 'Harbour Clinic',
    initials: 'HC',
    kind: 'clinic',
    cloudlet: 'harbour-cloudlet',
    site: 'https://harbour.example',
    phone: '+44 1632 960 400',
    address: town('7 Quay Street', 'NH1 4QS'),
  },
  {
    slug: 'millbrook',
    name: 'Millbrook Clinic',
    initials: 'MC',
    kind: 'clinic',
    cloudlet: 'millbrook-cloudlet',
    site: 'https://millbrook.example',
    phone: '+44 1632 960 500',
    address: town('The Old Mill, Weir Path', 'NH9 2WP', 'Millbrook'),
  },
];

export const patients: readonly Patient[] = [
  {
    slug: 'ada',
    name: { given: ['Ada'], family: 'Marlow' },
    sex: 'female',
    born: '1955-03-14',
    phone: '+44 1632 960 711',
    email: 'ada.marlow@post.example',
    address: town('18 Lantern Steps', 'NH1 5LS'),
    language: 'en',
    marital: 'W',
    nationalId: '943 476 5919',
    insurance: 'HB-70-448-219',
    records: { northgate: '204 871', harbour: 'H-0193', larkfield: 'LF2209417' },
    contact: { name: { given: ['Nina'], family: 'Marlow' }, relation: 'child', phone: '+44 1632 960 712' },
    story: 'High blood pressure and diabetes, well for years; this week the pressure is above her usual.',
  },
  {
    slug: 'ben',
    name: { given: ['Ben', 'Chukwuemeka'], family: 'Okoro' },
    sex: 'male',
    born: '1968-02-02',
    phone: '+44 1632 960 721',
    email: 'ben.okoro@post.example',
    address: town('3 Ropewalk Court, Flat 12', 'NH1 8RW'),
    language: 'en',
    marital: 'M',
    nationalId: '621 004 8837',
    insurance: 'HB-68-120-554',
    records: { harbour: 'H-0347', larkfield: 'LF1984403' },
    contact: { name: { given: ['Adaeze'], family: 'Okoro' }, relation: 'partner', phone: '+44 1632 960 722' },
    story: 'Lungs that flare up in winter, and a diabetes found and brought under control this year.',
  },
  {
    slug: 'zoe',
    name: { given: ['Zoë', 'Åsa'], family: 'Çelik-Lindqvist' },
    alias: { given: ['Zoe', 'Asa'], family: 'Celik-Lindqvist' },
    sex: 'female',
    born: '2018-05-09',
    phone: '+44 1632 960 731',
    address: town('41 Weir Path', 'NH9 2WJ', 'Millbrook'),
    language: 'sv',
    marital: 'U',
    nationalId: '718 552 0146',
    insurance: 'HB-18-093-771',
    records: { millbrook: 'MB-5521', 'st-brigids': 'SB 88 20 13' },
    contact: { name: { given: ['Emre'], family: 'Çelik' }, relation: 'parent', phone: '+44 1632 960 732' },
    story: 'An eight-year-old with asthma who had one bad night in September and breathes better since.',
  },
  {
    slug: 'siobhan',
    name: { given: ['Siobhán', 'Máire'], family: "Ní Bhraonáin O'Shea" },
    alias: { given: ['Siobhan'], family: "O'Shea" },
    sex: 'female',
    born: '1993-07-30',
    phone: '+44 1632 960 741',
    email: 'siobhan.oshea@post.example',
    address: town('9 Chandlers’ Row', 'NH2 1CR'),
    language: 'en',
    marital: 'M',
    nationalId: '550 218 7760',
    insurance: 'HB-93-611-032',
    records: { 'st-brigids': 'SB 91 44 07', harbour: 'H-0588' },
    contact: { name: { given: ['Cormac'], family: "O'Shea" }, relation: 'partner', phone: '+44 1632 960 742' },
    story: 'Her second child: a pregnancy from the first visit to the birth three weeks ago.',
  },
  {
    slug: 'layla',
    name: { given: ['ليلى'], family: 'المنصوري' },
    alias: { given: ['Layla'], family: 'al-Mansouri' },
    sex: 'female',
    born: '1960-04-23',
    phone: '+44 1632 960 751',
    email: 'layla.m@post.example',
    address: town('52 Mill Lane', 'NH9 4ML', 'Millbrook'),
    language: 'ar',
    marital: 'M',
    nationalId: '387 961 2205',
    insurance: 'HB-60-275-918',
    records: { northgate: '311 046', millbrook: 'MB-2210', larkfield: 'LF2171880' },
    contact: { name: { given: ['Yusuf'], family: 'al-Mansouri' }, relation: 'child', phone: '+44 1632 960 752' },
    story: 'A heart that sometimes loses its rhythm; her watch caught it, and tablets keep it quiet.',
  },
  {
    slug: 'maria',
    name: {
      given: ['María', 'de los Ángeles', 'Guadalupe', 'Inmaculada'],
      family: 'Etxeberría-Montenegro y Villaseñor de la Peña',
    },
    alias: { given: ['Maria'], family: 'Etxeberria' },
    sex: 'female',
    born: '1982-11-02',
    phone: '+44 1632 960 761',
    email: 'm.etxeberria@post.example',
    address: town('The Net Loft, 6 Fish Quay', 'NH1 2FQ'),
    language: 'es',
    marital: 'S',
    nationalId: '264 730 9518',
    insurance: 'HB-82-884-406',
    records: { northgate: '298 530', millbrook: 'MB-3874' },
    contact: { name: { given: ['Iñaki'], family: 'Etxeberría' }, relation: 'sibling', phone: '+44 1632 960 762' },
    story: 'Two illnesses she tells few people about, both treated, both better; her own clinic knows of neither.',
  },
];

export const doctors: readonly Doctor[] = [
  {
    slug: 'dr-chen',
    name: { prefix: 'Dr', given: ['Mei'], family: 'Chen' },
    sex: 'female',
    organisation: 'northgate',
    unit: 'cardio',
    specialty: cardiology,
    certificate: { number: 'C 31 877', since: '2009-06-01', until: '2029-05-31' },
    standing: 'approved',
  },
  {
    slug: 'dr-diaz',
    name: { prefix: 'Dr', given: ['Rafael'], family: 'Diaz' },
    sex: 'male',
    organisation: 'harbour',
    unit: 'liver',
    specialty: hepatology,
    certificate: { number: 'C 35 204', since: '2012-10-01', until: '2028-09-30' },
    standing: 'approved',
  },
  {
    slug: 'dr-osei',
    name: { prefix: 'Dr', given: ['Abena'], family: 'Osei' },
    sex: 'female',
    organisation: 'larkfield',
    unit: 'emergency',
    specialty: emergency,
    certificate: { number: 'C 40 118', since: '2016-02-01', until: '2028-01-31' },
    standing: 'approved',
  },
  {
    slug: 'dr-walsh',
    name: { prefix: 'Dr', given: ['Orla'], family: 'Walsh' },
    sex: 'female',
    organisation: 'st-brigids',
    unit: 'children',
    specialty: paediatrics,
    certificate: { number: 'C 27 650', since: '2005-09-01', until: '2029-08-31' },
    standing: 'approved',
  },
  {
    slug: 'dr-novak',
    name: { prefix: 'Dr', given: ['Petra'], family: 'Novák' },
    sex: 'female',
    organisation: 'millbrook',
    unit: 'family',
    specialty: family,
    certificate: { number: 'C 33 942', since: '2011-04-01', until: '2028-03-31' },
    standing: 'approved',
  },
  {
    slug: 'dr-lind',
    name: { prefix: 'Dr', given: ['Jonas'], family: 'Lind' },
    sex: 'male',
    organisation: 'harbour',
    unit: 'lungs',
    specialty: lungs,
    certificate: { number: 'C 48 213', since: '2022-12-01', until: '2028-11-30' },
    standing: 'waiting',
  },
];

export const colleagues: readonly Colleague[] = [
  {
    slug: 'dr-tan',
    name: { prefix: 'Dr', given: ['Grace'], family: 'Tan' },
    sex: 'female',
    organisation: 'harbour',
    unit: 'family',
    specialty: family,
    certificate: { number: 'C 29 415', since: '2007-03-01', until: '2029-02-28' },
  },
  {
    slug: 'dr-karim',
    name: { prefix: 'Dr', given: ['Yasin'], family: 'Karim' },
    sex: 'male',
    organisation: 'larkfield',
    unit: 'lungs',
    specialty: lungs,
    certificate: { number: 'C 36 760', since: '2013-08-01', until: '2029-07-31' },
  },
  {
    slug: 'dr-amadi',
    name: { prefix: 'Dr', given: ['Ngozi'], family: 'Amadi' },
    sex: 'female',
    organisation: 'st-brigids',
    unit: 'women',
    specialty: obstetrics,
    certificate: { number: 'C 30 092', since: '2008-01-01', until: '2028-12-31' },
  },
  {
    slug: 'dr-petrova',
    name: { prefix: 'Dr', given: ['Elena'], family: 'Petrova' },
    sex: 'female',
    organisation: 'northgate',
    unit: 'infections',
    specialty: infections,
    certificate: { number: 'C 38 531', since: '2014-11-01', until: '2028-10-31' },
  },
  {
    slug: 'dr-rao',
    name: { prefix: 'Dr', given: ['Vikram'], family: 'Rao' },
    sex: 'male',
    organisation: 'northgate',
    unit: 'mind',
    specialty: psychiatry,
    certificate: { number: 'C 34 388', since: '2011-12-01', until: '2029-11-30' },
  },
];

/** Who says yes or no to a doctor, and who looks after a cloudlet. */
export const officials: readonly Official[] = [
  {
    slug: 'sam',
    name: { given: ['Sam'], family: 'Adeyemi' },
    role: 'cloudlet-admin',
    office: 'harbour',
    title: 'looks after the cloudlet',
  },
  { slug: 'mara', name: { given: ['Mara'], family: 'Holt' }, role: 'approver', office: 'medical-board', title: 'medical board' },
  { slug: 'joan', name: { given: ['Joan'], family: 'Pike' }, role: 'approver', office: 'harbour', title: 'head nurse' },
];

/** The thief of the cloud: belongs to no office and holds no key. */
export const intruder = { slug: 'ivy', name: { given: ['Ivy'], family: 'Crane' } as Name } as const;

/** Everybody with a slug of their own, places excepted. */
export const people: readonly { readonly slug: string; readonly name: Name }[] = [
  ...patients,
  ...doctors,
  ...colleagues,
  ...officials,
  intruder,
];

/**
 * A patient by slug.
 *
 * @throws CareletError `missing` when nobody of that slug lives here
 * @example
 * ```ts
 * import { fullName, patientOf } from '@carelet/testbed/cast';
 * fullName(patientOf('ada').name); // 'Ada Marlow'
 * ```
 */
export const patientOf = (slug: string): Patient => find(patients, slug, 'patient');

/** An organisation by slug; throws `missing`. */
export const organisationOf = (slug: string): Organisation => find(organisations, slug, 'organisation');

/** A doctor by slug; throws `missing`. */
export const doctorOf = (slug: string): Doctor => find(doctors, slug, 'doctor');

/** Whoever signs a record: a doctor or a colleague, by slug; throws `missing`. */
export const clinicianOf = (slug: string): Doctor | Colleague => find([...doctors, ...colleagues], slug, 'clinician');

/** Where an official works, as one says it. */
export const officeName = ({ office }: Official): string => (office === 'medical-board' ? 'Medical Board' : organisationOf(office).name);

/** `Dr Mei Chen`, `Ada Marlow`: as a letter would begin. */
export const fullName = (name: Name): string => [name.prefix, ...name.given, name.family].filter((part) => part !== undefined).join(' ');

function find<T extends { readonly slug: string }>(all: readonly T[], slug: string, what: string): T {
  const found = all.find((one) => one.slug === slug);
  if (found === undefined)
    throw new CareletError('missing', `find ${what}`, { subject: slug, because: 'nobody of that name in this town' });
  return found;
}

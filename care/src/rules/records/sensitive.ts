/**
 * Which records are sensitive by what they are about.
 *
 * First what the hospital says (`meta.security`, HL7 v3 ActCode); and because many say nothing, a small table
 * of codes: better one tree too many than an HIV test under `laboratory`. The groups follow the value sets of
 * SAMHSA's Consent2Share (VSAC 2.16.840.1.113762.1.4.1142.*) and HL7's information sensitivity policy; the
 * table names the codes that occur most, it is not those value sets. What it cannot do: free text without a
 * code, and medicines known by product numbers only.
 *
 * A category has one sensitivity. If a record has several, the first in this order wins:
 * HIV, SDV, GDIS, SEX, PSY, ETH.
 *
 * @module
 */
import { isObject, type Json, own, type Resource, type Sensitivity } from '../../model/index.ts';

const order = ['HIV', 'SDV', 'GDIS', 'SEX', 'PSY', 'ETH'] as const satisfies readonly Sensitivity[];
type Sensitive = (typeof order)[number];

/** HL7 v3 ActCode, `_ActInformationSensitivityPolicy` (terminology.hl7.org/CodeSystem/v3-ActCode). */
const actCodes: Readonly<Record<string, Sensitive>> = {
  HIV: 'HIV',
  PSY: 'PSY',
  PSYTHPN: 'PSY',
  MH: 'PSY',
  BH: 'PSY',
  EMOTDIS: 'PSY',
  COGN: 'PSY',
  DVD: 'PSY',
  ETH: 'ETH',
  SUD: 'ETH',
  ETHUD: 'ETH',
  OPIOIDUD: 'ETH',
  SEX: 'SEX',
  STD: 'SEX',
  PREGNANT: 'SEX',
  SDV: 'SDV',
  DV: 'SDV',
  MST: 'SDV',
  VIO: 'SDV',
  GDIS: 'GDIS',
  SCA: 'GDIS',
  SICKLE: 'GDIS',
};
const actCodeSystems = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  'http://hl7.org/fhir/v3/ActCode',
  'urn:oid:2.16.840.1.113883.5.4',
]);

/** LOINC (loinc.org): HIV tests of the CDC's "HIV tests" value set; screens and questionnaires by panel, item and score. */
const loinc: Readonly<Record<Sensitive, string>> = {
  HIV: `
    75622-1 86657-4 56888-1 58900-2 75666-8 83101-6 85037-0 7917-8 7918-6 7919-4 5220-9 5221-7 5222-5 5223-3 5224-1 5225-8
    9660-2 9661-0 9662-8 9663-6 9664-4 9665-1 9666-9 9667-7 9668-5 9669-3 9821-0 13499-9 14092-1 16974-8 16975-5 16976-3 16977-1
    16978-9 16979-7 18396-2 20447-9 21007-0 21008-8 22356-0 22357-8 22358-6 24012-7 25836-8 29327-4 29541-0 29893-5 30245-5
    30361-0 31201-7 32571-2 32602-5 33508-3 33660-2 33806-1 33807-9 33866-5 34591-8 34592-6 35437-3 35438-1 35439-9 40437-6
    40438-4 40439-2 40732-0 40733-8 41143-9 41144-7 41145-4 41290-8 42339-2 42600-7 42627-0 42768-2 43008-2 43009-0 43010-8
    43011-6 43012-4 43013-2 43185-8 43599-0 44531-2 44533-8 44607-0 44872-0 44873-8 45212-8 48345-3 48346-1 49483-1 49580-4
    49718-0 49905-3 51786-2 53379-4 53601-1 54086-4 57974-8 57975-5 57978-9 62456-9 68961-2 69668-2 70241-5 73905-2 73906-0
    77685-6 80203-3 80387-4 81641-3 85686-4 86233-4 89365-1 89374-3
  `,
  // HARK and HITS: is somebody safe at home?
  SDV: '76499-3 76500-8 76501-6 76502-4 76503-2 76504-0 95614-4 95615-1 95616-9 95617-7 95618-5',
  GDIS: '',
  // Syphilis, gonorrhoea and chlamydia by their usual screens.
  SEX: '20507-0 5292-8 22461-8 24110-9 43305-2 43304-5 21613-5 36902-5 36903-3 44806-0 44807-8 50387-0 6357-8',
  // PHQ-9, PHQ-2, GAD-7, Edinburgh.
  PSY: `
    44249-1 44250-9 44251-7 44252-5 44253-3 44254-1 44255-8 44258-2 44259-0 44260-8 44261-6 69722-7 55757-9 55758-7
    69737-5 70274-6 69725-0 68509-9 69733-4 69734-2 69735-9 69689-8 69736-7 71354-5
  `,
  // AUDIT, AUDIT-C, DAST-10, TAPS, and how much somebody drinks or takes.
  ETH: '72109-2 75624-7 75626-2 68518-0 68519-8 68520-6 82667-7 82666-9 74013-4 11331-6 11343-1 88037-7 96842-0 96843-8',
};

/** SNOMED CT (snomed.info): the concepts a problem list names. */
const snomed: Readonly<Record<Sensitive, string>> = {
  HIV: '86406008 62479008 165816005 165815009 91947003 40780007 79019005 111880001 171121004',
  SDV: '706893006 424393004',
  GDIS: '417357006 127040003 16402000 58756001 190905008 41040004 76670001 412734009 412738007',
  SEX: '76272004 15628003 240589008 105629000 8098009 33839006 57797005 65200003',
  PSY: `
    74732009 370143000 36923009 35489007 58214004 13746004 197480006 21897009 47505003 80583007 231504006 191736004 69322001
    406506008 26665006 17226007 72366004 225444004 6471006 82313006
  `,
  ETH: '7200002 15167005 66214007 6525002 55680006 5602001 75544000 26416006 361055000 44870007 37344009 78267003 10939881000119105',
};

/** ICD-10 (WHO) and ICD-10-CM (CDC), by their beginnings. Nicotine is no secret. */
const icd10: Readonly<Record<Sensitive, RegExp>> = {
  HIV: /^(?:B2[0-4]|Z21|R75|O98\.?7|Z11\.?4|Z20\.?6)/,
  SDV: /^(?:T7[46]|Y0[567]|Z69|Z04\.?4|Z61\.?[456]|Z91\.?41)/,
  GDIS: /^(?:D57|E84|G10|G71\.?0|Q9|Z14|Z15|Z13\.?7)/,
  SEX: /^(?:A5[0-9]|A6[0-4]|F52|F6[456]|Z11\.?3|Z20\.?2|Z22\.?4|Z3[012]|Z33\.?2|O0[4-7]|Z70|Z72\.?5)/,
  PSY: /^(?:F(?!52|55|6[456])[2-9]|Z91\.?5|X[67]|X8[0-4]|T14\.?91|R45\.?85|Z13\.?3)/,
  ETH: /^(?:F1(?!7)|F55|Z71\.?[45]|Z72\.?[12]|Z86\.?4|T40|T51|K70|G31\.?2|O99\.?31|P04\.?[34]|R78\.?[0-5])/,
};

/** ATC (WHO): medicines against HIV, contraceptives, antipsychotics and antidepressants, against dependence. */
const atc: Readonly<Record<Sensitive, RegExp | undefined>> = {
  HIV: /^J05A[EGJR]/,
  SDV: undefined,
  GDIS: undefined,
  SEX: /^G03A/,
  PSY: /^N0(?:5A|6A)/,
  ETH: /^N07B[BC]/,
};

const byCode = new Map<string, Sensitive>();
for (const [system, table] of [
  ['http://loinc.org', loinc],
  ['http://snomed.info/sct', snomed],
] as const) {
  for (const group of order) for (const code of table[group].split(/\s+/)) if (code) byCode.set(`${system}|${code}`, group);
}
const icd10System = /icd-?10|2\.16\.840\.1\.113883\.6\.(?:3|90|4)$/i;
const atcSystem = /whocc\.no\/atc|2\.16\.840\.1\.113883\.6\.73$/i;
/** A name says it where a local code does not. In capitals: hearing aids are no AIDS. */
const named = /\bHIV\b|\bAIDS\b|[Hh]uman [Ii]mmunodeficiency [Vv]irus/;

/**
 * The one sensitivity a record is filed under.
 *
 * @example
 * ```ts
 * import { sensitivityOf } from '@carelet/care/rules/records';
 * sensitivityOf({ resourceType: 'Observation', code: { coding: [{ system: 'http://loinc.org', code: '75622-1' }] } }); // 'HIV'
 * ```
 */
export function sensitivityOf(resource: Resource): Sensitivity {
  const found = new Set<Sensitive>();
  search(resource, found);
  return order.find((group) => found.has(group)) ?? 'none';
}

function search(value: Json, found: Set<Sensitive>): void {
  if (Array.isArray(value)) for (const item of value) search(item, found);
  else if (isObject(value)) {
    const code = own(value, 'code');
    if (typeof code === 'string') judge(own(value, 'system'), code.trim(), found);
    for (const name of ['display', 'text']) {
      const text = own(value, name);
      if (typeof text === 'string' && named.test(text)) found.add('HIV');
    }
    for (const member of Object.values(value)) if (typeof member === 'object') search(member, found);
  }
}

function judge(system: Json | undefined, code: string, found: Set<Sensitive>): void {
  if (typeof system !== 'string') return;
  const direct = actCodeSystems.has(system)
    ? Object.hasOwn(actCodes, code)
      ? actCodes[code]
      : undefined
    : byCode.get(`${system}|${code}`);
  if (direct) found.add(direct);
  else if (icd10System.test(system)) for (const group of order) if (icd10[group].test(code)) found.add(group);
  if (atcSystem.test(system)) for (const group of order) if (atc[group]?.test(code)) found.add(group);
}

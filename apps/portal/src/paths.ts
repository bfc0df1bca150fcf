/** Every link of the portal. Pages mirror these addresses; filters live in the query, so a page can be kept and gone back to. */
export const paths = {
  doors: '/',
  signIn: '/sign-in',
  firstRun: '/first-run',
  join: '/join',
  patient: {
    home: '/patient',
    records: '/patient/records',
    vital: '/patient/vitals/$vital',
    record: '/patient/records/$record',
    proof: '/patient/records/$record/how-do-i-know',
    sharing: '/patient/sharing',
    receipts: '/patient/sharing/who-looked',
    shared: '/patient/sharing/with-you/$patient',
    sharedVital: '/patient/sharing/with-you/$patient/vitals/$vital',
    sharedRecord: '/patient/sharing/with-you/$patient/records/$record',
    sharedProof: '/patient/sharing/with-you/$patient/records/$record/how-do-i-know',
    account: '/patient/account',
  },
  doctor: {
    today: '/doctor',
    patients: '/doctor/patients',
    chart: '/doctor/patients/$patient',
    vital: '/doctor/patients/$patient/vitals/$vital',
    record: '/doctor/patients/$patient/records/$record',
    proof: '/doctor/patients/$patient/records/$record/how-do-i-know',
    roles: '/doctor/roles',
    account: '/doctor/account',
  },
  admin: {
    status: '/admin',
    devices: '/admin/devices',
    people: '/admin/people',
    add: '/admin/people/add',
    doctor: '/admin/people/$doctor',
    emergencies: '/admin/emergencies',
    account: '/admin/account',
  },
} as const;

/**
 * An address with its names filled in.
 *
 * @example
 * ```ts no-run
 * to(paths.doctor.chart, { patient: '6f…' }); // '/doctor/patients/6f…'
 * ```
 */
export const to = (path: string, names: Readonly<Record<string, string>>): string =>
  path.replace(/\$(\w+)/g, (_, name: string) => encodeURIComponent(names[name] ?? ''));

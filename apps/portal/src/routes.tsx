/**
 * Which page stands at which address. Pages, and the words they speak, are fetched when somebody goes there.
 *
 * @module
 */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { DoorsPage } from './pages/door/DoorsPage.tsx';
import { SignInPage } from './pages/door/SignInPage.tsx';
import { paths } from './paths.ts';
import { Broken, Nowhere } from './shell/Broken.tsx';
import { Root } from './shell/Root.tsx';
import { loadRoom, type Room } from './words/words.ts';

const root = createRootRoute({ component: Root, notFoundComponent: Nowhere, errorComponent: Broken });

type Pages = Record<string, unknown>;

/** A page of a door, below its frame. */
const page = <P extends string, M extends Pages>(
  path: P,
  door: keyof typeof above,
  file: () => Promise<M>,
  name: keyof M & string,
  ...rooms: Room[]
) =>
  createRoute({
    getParentRoute: () => above[door],
    path,
    component: lazyRouteComponent(file as never, name),
    loader: () => loadRoom(...rooms),
    errorComponent: Broken,
  });

/** A page before any door. */
const outside = <P extends string, M extends Pages>(path: P, file: () => Promise<M>, name: keyof M & string, ...rooms: Room[]) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(file as never, name), loader: () => loadRoom(...rooms) });

const frame = () => import('./shell/DoorFrame.tsx');

const doors = {
  patient: createRoute({ getParentRoute: () => root, id: 'patient', component: lazyRouteComponent(frame, 'PatientDoor') }),
  doctor: createRoute({ getParentRoute: () => root, id: 'doctor', component: lazyRouteComponent(frame, 'DoctorDoor') }),
  admin: createRoute({ getParentRoute: () => root, id: 'admin', component: lazyRouteComponent(frame, 'AdminDoor') }),
};

/** Around what somebody shares with a carer, at the patient's door. */
const shared = createRoute({
  getParentRoute: () => doors.patient,
  id: 'with-you',
  component: lazyRouteComponent(() => import('./pages/shared/SharedFrame.tsx'), 'SharedFrame'),
  loader: () => loadRoom('sharing'),
});
const above = { ...doors, shared };

const { patient, doctor, admin } = paths;
const record = () => import('./pages/record/RecordPage.tsx');
const proof = () => import('./pages/record/ProofPage.tsx');
const vital = () => import('./pages/patient/VitalPage.tsx');
const account = () => import('./pages/door/AccountPage.tsx');

const tree = root.addChildren([
  // The two pages that somebody meets first come with the portal itself.
  createRoute({ getParentRoute: () => root, path: paths.doors, component: DoorsPage }),
  createRoute({ getParentRoute: () => root, path: paths.signIn, component: () => <SignInPage /> }),
  outside(paths.firstRun, () => import('./pages/door/FirstRunPage.tsx'), 'FirstRunPage', 'door'),
  outside(paths.join, () => import('./pages/door/JoinPage.tsx'), 'JoinPage', 'door'),
  doors.patient.addChildren([
    page(
      patient.home,
      'patient',
      () => import('./pages/patient/HomePage.tsx'),
      'HomePage',
      'patient',
      'record',
      'vitals',
      'sharing',
      'requests',
      'break-glass',
    ),
    page(patient.records, 'patient', () => import('./pages/patient/RecordsPage.tsx'), 'RecordsPage', 'patient', 'record', 'vitals'),
    page(patient.vital, 'patient', vital, 'VitalPage', 'patient', 'record', 'vitals'),
    page(patient.record, 'patient', record, 'RecordPage', 'record', 'vitals'),
    page(patient.proof, 'patient', proof, 'ProofPage', 'record', 'vitals'),
    page(
      patient.sharing,
      'patient',
      () => import('./pages/sharing/SharingPage.tsx'),
      'SharingPage',
      'sharing',
      'limits',
      'record',
      'requests',
      'break-glass',
      'receipts',
    ),
    page(patient.receipts, 'patient', () => import('./pages/receipts/ReceiptsPage.tsx'), 'ReceiptsPage', 'receipts', 'sharing', 'record'),
    shared.addChildren([
      page(patient.shared, 'shared', () => import('./pages/shared/SharedPage.tsx'), 'SharedPage', 'sharing', 'patient', 'record', 'vitals'),
      page(patient.sharedVital, 'shared', vital, 'VitalPage', 'sharing', 'patient', 'record', 'vitals'),
      page(patient.sharedRecord, 'shared', record, 'RecordPage', 'sharing', 'record', 'vitals'),
      page(patient.sharedProof, 'shared', proof, 'ProofPage', 'sharing', 'record', 'vitals'),
    ]),
    page(patient.account, 'patient', account, 'AccountPage', 'door'),
  ]),
  doors.doctor.addChildren([
    page(doctor.today, 'doctor', () => import('./pages/doctor/TodayPage.tsx'), 'TodayPage', 'doctor', 'record', 'vitals'),
    page(doctor.patients, 'doctor', () => import('./pages/doctor/PatientsPage.tsx'), 'PatientsPage', 'doctor', 'record', 'vitals'),
    page(
      doctor.chart,
      'doctor',
      () => import('./pages/doctor/ChartPage.tsx'),
      'ChartPage',
      'doctor',
      'record',
      'vitals',
      'sharing',
      'requests',
      'break-glass',
    ),
    page(doctor.vital, 'doctor', vital, 'VitalPage', 'patient', 'record', 'vitals'),
    page(doctor.record, 'doctor', record, 'RecordPage', 'record', 'vitals'),
    page(doctor.proof, 'doctor', proof, 'ProofPage', 'record', 'vitals'),
    page(doctor.roles, 'doctor', () => import('./pages/roles/RolesPage.tsx'), 'RolesPage', 'roles', 'admin'),
    page(doctor.account, 'doctor', account, 'AccountPage', 'door'),
  ]),
  doors.admin.addChildren([
    page(admin.status, 'admin', () => import('./pages/admin/StatusPage.tsx'), 'StatusPage', 'admin'),
    page(admin.devices, 'admin', () => import('./pages/admin/DevicesPage.tsx'), 'DevicesPage', 'admin'),
    page(admin.people, 'admin', () => import('./pages/admin/PeoplePage.tsx'), 'PeoplePage', 'admin'),
    page(admin.add, 'admin', () => import('./pages/admin/AddDoctorPage.tsx'), 'AddDoctorPage', 'admin'),
    page(admin.doctor, 'admin', () => import('./pages/admin/DoctorPage.tsx'), 'DoctorPage', 'admin'),
    page(admin.emergencies, 'admin', () => import('./pages/admin/EmergenciesPage.tsx'), 'EmergenciesPage', 'admin'),
    page(admin.account, 'admin', account, 'AccountPage', 'door'),
  ]),
]);

export const router = createRouter({ routeTree: tree, scrollRestoration: true, defaultPreload: 'intent', defaultPendingMs: 100 });

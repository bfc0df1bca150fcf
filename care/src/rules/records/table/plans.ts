/** What identifies: plans, orders, visits and messages. The notation is explained in `index.ts`. */
import type { PartsOf } from './index.ts';

export const plans: Readonly<Record<string, PartsOf>> = {
  CarePlan: { QID: 'author contributor activity.detail.location activity.detail.performer', patient: 'subject' },
  CareTeam: { QID: 'managingOrganization participant.member participant.onBehalfOf', patient: 'subject' },
  Goal: { QID: 'expressedBy', patient: 'subject' },
  ServiceRequest: { QID: 'requester performer locationReference', patient: 'subject' },
  NutritionOrder: { QID: 'orderer', patient: 'patient' },
  DeviceRequest: { QID: 'requester performer', patient: 'subject' },
  DeviceUseStatement: { QID: 'source', patient: 'subject' },
  VisionPrescription: { QID: 'prescriber', patient: 'patient' },
  RequestGroup: { QID: 'author action.participant', patient: 'subject' },
  SupplyRequest: { QID: 'requester supplier deliverFrom deliverTo' },
  SupplyDelivery: { QID: 'supplier destination receiver', patient: 'patient' },
  Task: { QID: 'requester owner location restriction.recipient', patient: 'for' },
  Appointment: { QID: 'participant.actor' },
  AppointmentResponse: { QID: 'actor' },
  Encounter: {
    QID: 'serviceProvider participant.individual hospitalization.origin hospitalization.destination location.location',
    patient: 'subject',
  },
  EpisodeOfCare: { QID: 'managingOrganization careManager', patient: 'patient' },
  Communication: { QID: 'recipient sender', patient: 'subject' },
  CommunicationRequest: { QID: 'requester recipient sender', patient: 'subject' },
};

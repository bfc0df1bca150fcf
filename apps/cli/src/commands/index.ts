/**
 * Every verb, in the order of the help. A new one is a file beside this and a line here.
 *
 * @module
 */
import type { Command } from '../command.ts';
import { adminClaim } from './admin/claim.ts';
import { adminInvite } from './admin/invite.ts';
import { breakGlassCommand } from './break-glass/break.ts';
import { breakGlassList } from './break-glass/list.ts';
import { breakGlassReview } from './break-glass/review.ts';
import { cloudletMosquitto } from './cloudlet/mosquitto.ts';
import { doctorsApprove } from './doctors/approve.ts';
import { doctorsList } from './doctors/list.ts';
import { doctorsRegister } from './doctors/register.ts';
import { doctorsReject } from './doctors/reject.ts';
import { doctorsTemplates } from './doctors/templates.ts';
import { importCommand } from './import.ts';
import { keyringNew } from './keyring/new.ts';
import { keyringShow } from './keyring/show.ts';
import { keysTake } from './keys/take.ts';
import { limitsByName } from './limits/by-name.ts';
import { limitsAllow, limitsDeny } from './limits/deny.ts';
import { limitsShow } from './limits/show.ts';
import { link } from './link.ts';
import { locksRenew } from './locks/renew.ts';
import { organisationsEnrol } from './organisations/enrol.ts';
import { organisationsRetire } from './organisations/retire.ts';
import { people } from './people.ts';
import { portal } from './portal.ts';
import { proveBreach } from './prove/breach.ts';
import { proveLabels } from './prove/labels.ts';
import { proveReceipts } from './prove/receipts.ts';
import { proveRevoke } from './prove/revoke.ts';
import { receiptsExport } from './receipts/export.ts';
import { receiptsList } from './receipts/list.ts';
import { receiptsVerify } from './receipts/verify.ts';
import { recordsExport } from './records/export.ts';
import { recordsList } from './records/list.ts';
import { recordsOpen } from './records/open.ts';
import { ask } from './requests/ask.ts';
import { requestsDecline } from './requests/decline.ts';
import { requestsGrant } from './requests/grant.ts';
import { requestsList } from './requests/list.ts';
import { requestsWithdraw } from './requests/withdraw.ts';
import { serve } from './serve.ts';
import { carerCodeCommand } from './sharing/code.ts';
import { shareCommand } from './sharing/share.ts';
import { unshareCommand } from './sharing/unshare.ts';
import { whoCommand } from './sharing/who.ts';
import { start } from './start.ts';
import { teamsList } from './teams/list.ts';
import { teamsNew } from './teams/new.ts';
import { teamsRenew } from './teams/renew.ts';
import { wearableCode } from './wearable/code.ts';
import { wearablePair } from './wearable/pair.ts';
import { wearableRenew } from './wearable/renew.ts';
import { wearableReplay } from './wearable/replay.ts';
import { wearableRun } from './wearable/run.ts';
import { wearableShow } from './wearable/show.ts';
import { wearableUrgency } from './wearable/urgency.ts';

export const commands: readonly Command[] = [
  start,
  serve,
  portal,
  proveBreach,
  proveLabels,
  proveReceipts,
  proveRevoke,
  importCommand,
  recordsList,
  recordsOpen,
  recordsExport,
  receiptsList,
  receiptsExport,
  receiptsVerify,
  locksRenew,
  link,
  shareCommand,
  unshareCommand,
  whoCommand,
  carerCodeCommand,
  teamsList,
  limitsDeny,
  limitsAllow,
  limitsByName,
  limitsShow,
  ask,
  requestsGrant,
  requestsDecline,
  requestsWithdraw,
  requestsList,
  breakGlassList,
  breakGlassReview,
  breakGlassCommand,
  wearableCode,
  wearablePair,
  wearableRun,
  wearableReplay,
  wearableShow,
  wearableUrgency,
  wearableRenew,
  cloudletMosquitto,
  people,
  keyringNew,
  keyringShow,
  doctorsRegister,
  doctorsList,
  doctorsTemplates,
  doctorsApprove,
  doctorsReject,
  keysTake,
  organisationsEnrol,
  organisationsRetire,
  teamsNew,
  teamsRenew,
  adminClaim,
  adminInvite,
];

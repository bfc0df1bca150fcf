/**
 * What the portal's answers carry so that a browser runs nothing but our own files.
 *
 * [Note: Where a page may go]
 * To its own origin, and to the cloud's: authority and cloudlets are reached through the portal, so that the policy
 * names one origin whatever the town looks like. Scripts, styles and fonts are files of ours; `'wasm-unsafe-eval'`
 * lets WebAssembly be compiled and no text be run. Nothing becomes a script's address but by the one Trusted Types
 * policy, which knows the worker's.
 *
 * @module
 */

/** The policy of pages, and of the worker, which gets it with its own file. */
export const pagePolicy = (cloudOrigin: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob:",
    `connect-src 'self'${cloudOrigin === null ? '' : ` ${cloudOrigin}`}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types carelet',
  ].join('; ');

/** The policy of what is no page: opened by itself it can load, run and show nothing. */
export const inertPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** What a page may not even ask a person for. Copying a code is the one thing it may. */
const denied = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'keyboard-map',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];

export const permissions = [...denied.map((feature) => `${feature}=()`), 'clipboard-write=(self)'].join(', ');

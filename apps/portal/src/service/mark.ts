/**
 * The mark of Carelet, for the pages and the browser's tab.
 *
 * @module
 */

/** A ring that is open on one side, around what it keeps. */
export const mark = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none">
<style>path{stroke:#0f5a55}circle{fill:#0f5a55}@media(prefers-color-scheme:dark){path{stroke:#8eccc5}circle{fill:#8eccc5}}</style>
<path d="M25.2 9.3a11.4 11.4 0 1 0 0 13.4" stroke-width="4.6" stroke-linecap="round"/><circle cx="16" cy="16" r="4"/></svg>
`;

/** Its colours follow the scheme by a style of its own, which only a picture's own policy can allow. */
export const markPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

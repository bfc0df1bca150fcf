import encodeQR from 'qr';

/**
 * A code that a camera reads. It is drawn dark on white in either scheme, with its quiet edge: cameras want it so.
 *
 * @example
 * ```tsx
 * <QrCode text={code} label={t('devices.qr')} />
 * ```
 */
export function QrCode({ text, label, size = 232 }: { text: string; label: string; size?: number }) {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const dark = rows.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg role="img" aria-label={label} width={size} height={size} viewBox={`0 0 ${rows.length} ${rows.length}`} shapeRendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}

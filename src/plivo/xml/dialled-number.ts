/** A number as people write it, without plus sign and separators. What is no number stays as it is: nothing can be reached there. */
export function dialledNumber(text: string): string {
  const digits = text.replaceAll(/[\s().-]/g, '').replace(/^\+/, '');
  return /^\d+$/.test(digits) ? digits : text;
}

import { invalidParameter } from '../errors/catalogue.ts';

/**
 * What begins as a URL need not be one (`http://[`, a port beyond 65535), and a schema cannot say so.
 * @throws invalid_parameter with the name of the first parameter of a URL, `..._url`, that has none
 */
export function checkUrls(parameters: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (name.endsWith('_url') && typeof value === 'string' && !URL.canParse(value)) {
      throw invalidParameter(name, `${name} parameter is invalid: a URL is expected`);
    }
  }
}

/** The paths of the API with their verbs, for requests whose verb no route has: their path may exist all the same. */
export class PathTemplates {
  readonly #known: { readonly parts: readonly string[]; readonly verbs: readonly string[] }[] = [];

  /** @param template as the router takes it: `/v1/Account/:auth_id/Message` */
  add(template: string, verbs: readonly string[]): void {
    this.#known.push({ parts: partsOf(template), verbs });
  }

  /** Verbs of the path of a URL; undefined when there is no such path. A fixed part goes before a parameter. */
  verbsOf(url: string): readonly string[] | undefined {
    const parts = partsOf(url.replace(/[?#].*$/s, ''));
    const fitting = this.#known.filter(
      (known) => known.parts.length === parts.length && known.parts.every((part, at) => isLike(part, parts[at] ?? '')),
    );
    const parameters = (known: { readonly parts: readonly string[] }) => known.parts.filter((part) => part.includes(':')).length;
    return fitting.toSorted((a, b) => parameters(a) - parameters(b))[0]?.verbs;
  }
}

/** A parameter may have a fixed beginning: `&service=:service`. */
function isLike(part: string, given: string): boolean {
  const colon = part.indexOf(':');
  return colon < 0 ? part === given : given.startsWith(part.slice(0, colon));
}

const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '');

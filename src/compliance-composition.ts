import { Compliance, type ComplianceDependencies } from './compliance/compliance.ts';
import { HttpClient } from './delivery/http-client.ts';
import { TargetGuard } from './delivery/target-guard.ts';
import type { NumberDirectory } from './numbers/number-directory.ts';

/** To an outside registry, which is asked about a few cases at a time. */
const REGISTRY_CONNECTIONS = 4;

interface ComplianceNeeds extends Omit<ComplianceDependencies, 'http' | 'findNumber' | 'numberChanged'> {
  readonly numberDirectory: NumberDirectory;
  readonly userAgent: string;
}

/** Wires compliance, with connections of its own: the registry is the operator's, it may be anywhere, also in a private network. */
export function composeCompliance(needs: ComplianceNeeds) {
  const { clock, userAgent, numberDirectory } = needs;
  const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, clock);
  const registryClient = new HttpClient({ guard, clock, userAgent, connectionsPerHost: REGISTRY_CONNECTIONS });
  const compliance = new Compliance({
    ...needs,
    http: registryClient,
    findNumber: (digits) => numberDirectory.find(digits),
    numberChanged: (number) => numberDirectory.invalidate(number),
  });
  return { compliance, registryClient };
}

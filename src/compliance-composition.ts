import { Compliance, type ComplianceDependencies } from './compliance/compliance.ts';
import { HttpClient } from './delivery/http-client.ts';
import { TargetGuard } from './delivery/target-guard.ts';

/** To an outside registry, which is asked about a few cases at a time. */
const REGISTRY_CONNECTIONS = 4;

/** Wires compliance, with connections of its own: the registry is the operator's, it may be anywhere, also in a private network. */
export function composeCompliance(needs: Omit<ComplianceDependencies, 'http'> & { readonly userAgent: string }) {
  const { clock, userAgent } = needs;
  const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, clock);
  const registryClient = new HttpClient({ guard, clock, userAgent, connectionsPerHost: REGISTRY_CONNECTIONS });
  return { compliance: new Compliance({ ...needs, http: registryClient }), registryClient };
}

import type { Surcharge } from '../billing/surcharges.ts';
import type { HttpSender } from '../delivery/http-client.ts';
import type { OwnNumberFacts } from '../messaging/own-numbers.ts';
import type { NumberStore } from '../numbers/number-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { BlobStore } from '../storage/blobs.ts';
import type { Storage } from '../storage/storage.ts';
import { Brands } from './brands.ts';
import { CallerReputation } from './caller-reputation.ts';
import { CampaignNumberStore } from './campaign-number-store.ts';
import { CampaignNumbers } from './campaign-numbers.ts';
import { Campaigns } from './campaigns.ts';
import { type ComplianceConfiguration, defaultCompliance } from './configuration.ts';
import { FileStore } from './file-store.ts';
import { ComplianceFiles } from './files.ts';
import { HostedInventoryStore } from './hosted-inventory-store.ts';
import { HostedNumbers } from './hosted-numbers.ts';
import { Letters } from './letters.ts';
import type { ComplianceNotifier } from './notices.ts';
import { NumberMirrorStore } from './number-mirror-store.ts';
import { Proceedings } from './proceedings.ts';
import { Profiles } from './profiles.ts';
import { AutomaticRegistry } from './registry/automatic-registry.ts';
import type { Registry } from './registry/case.ts';
import { CaseStore } from './registry/case-store.ts';
import { Casework } from './registry/casework.ts';
import { HttpRegistry } from './registry/http-registry.ts';
import { OperatorRegistry } from './registry/operator-registry.ts';
import { Applications } from './regulatory/applications.ts';
import { Documents } from './regulatory/documents.ts';
import { EndUsers } from './regulatory/end-users.ts';
import { NumberCompliance } from './regulatory/number-compliance.ts';
import { NumberLinkStore } from './regulatory/number-link-store.ts';
import { Requirements } from './regulatory/requirements.ts';
import { SendingRules } from './sending-rules.ts';
import { ThroughputStore } from './throughput-store.ts';
import { TollfreeVerifications } from './tollfree-verifications.ts';
import { Verifications } from './verifications.ts';

export interface ComplianceDependencies {
  readonly storage: Storage;
  readonly blobs: BlobStore;
  readonly numbers: NumberStore;
  readonly notifier: ComplianceNotifier;
  /** To the registry that the operator configured. */
  readonly http: HttpSender;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly findNumber: (digits: string) => Promise<OwnNumberFacts | undefined>;
  readonly numberChanged: (number: string) => void;
  readonly surcharge: Surcharge;
}

const DAY_MS = 24 * 3_600_000;
/** Decided cases are evidence; as long as records of messages. */
const KEEP_DECIDED_MS = 90 * DAY_MS;

/** Everything that is registered, put together, and the registry that decides on it. */
export class Compliance {
  readonly profiles: Profiles;
  readonly brands: Brands;
  readonly campaigns: Campaigns;
  readonly campaignNumbers: CampaignNumbers;
  readonly tollfree: TollfreeVerifications;
  readonly callerReputation: CallerReputation;
  readonly letters: Letters;
  readonly hostedNumbers: HostedNumbers;
  readonly endUsers: EndUsers;
  readonly documents: Documents;
  readonly requirements: Requirements;
  readonly applications: Applications;
  readonly numberCompliance: NumberCompliance;
  readonly numberLinks: NumberLinkStore;
  readonly addresses: Verifications;
  readonly identities: Verifications;
  readonly files: ComplianceFiles;
  readonly cases: CaseStore;
  readonly casework: Casework;
  readonly sendingRules: SendingRules;
  readonly #clock: Clock;
  readonly #http: HttpSender;
  readonly #numberChanged: (number: string) => void;
  #configuration = defaultCompliance;
  #registry: Registry;

  constructor(needs: ComplianceDependencies) {
    const { storage, clock, ids, log, numbers, notifier } = needs;
    const { pool } = storage;
    this.#clock = clock;
    this.#http = needs.http;
    this.sendingRules = new SendingRules({
      enforcement: () => this.#configuration.enforcement,
      throughput: new ThroughputStore(pool),
      findNumber: needs.findNumber,
      clock,
      log,
    });
    this.#numberChanged = (number) => {
      needs.numberChanged(number);
      this.sendingRules.forget(number);
    };
    this.#registry = this.#registryOf(this.#configuration);
    this.cases = new CaseStore(pool);
    const proceedings = new Proceedings({
      pool,
      cases: this.cases,
      notifier,
      clock,
      ids,
      configuration: () => this.#configuration,
      numberChanged: this.#numberChanged,
    });
    const mirror = new NumberMirrorStore();
    const links = new CampaignNumberStore(pool);
    this.files = new ComplianceFiles(new FileStore(pool), needs.blobs, clock);
    this.profiles = new Profiles(proceedings);
    this.brands = new Brands(proceedings, this.profiles, () => needs.surcharge('brand_registration'));
    const vettingPrice = () => needs.surcharge('campaign_vetting');
    this.campaigns = new Campaigns({ proceedings, brands: this.brands, numbers: links, mirror, vettingPrice });
    this.campaignNumbers = new CampaignNumbers({ proceedings, campaigns: this.campaigns, links, numbers, mirror });
    this.tollfree = new TollfreeVerifications({ proceedings, profiles: this.profiles, numbers, mirror });
    this.callerReputation = new CallerReputation({ proceedings, profiles: this.profiles, mirror });
    this.letters = new Letters(proceedings, this.files);
    this.hostedNumbers = new HostedNumbers(proceedings, this.letters, new HostedInventoryStore());
    this.endUsers = new EndUsers(proceedings);
    this.documents = new Documents(proceedings, this.files, this.endUsers);
    this.numberLinks = new NumberLinkStore(pool);
    const parts = { proceedings, endUsers: this.endUsers, documents: this.documents, links: this.numberLinks };
    this.requirements = new Requirements(() => this.#configuration.requirements ?? []);
    this.applications = new Applications({ ...parts, requirements: this.requirements });
    this.numberCompliance = new NumberCompliance({ ...parts, applications: this.applications, numbers });
    this.addresses = new Verifications('address', proceedings, this.files);
    this.identities = new Verifications('identity', proceedings, this.files);
    this.casework = new Casework({
      store: this.cases,
      proceedings,
      registry: () => this.#registry,
      clock,
      log,
      deciders: {
        brand: this.brands.decide,
        campaign: this.campaigns.decide,
        campaign_import: this.campaigns.decide,
        number_linking: this.campaignNumbers.decideLinking,
        number_unlinking: this.campaignNumbers.decideUnlinking,
        tollfree_verification: this.tollfree.decide,
        hosted_number: this.hostedNumbers.decide,
        compliance_application: this.applications.decide,
        address: this.addresses.decide,
        identity: this.identities.decide,
        caller_reputation: this.callerReputation.decide,
      },
    });
  }

  get configuration(): ComplianceConfiguration {
    return this.#configuration;
  }

  /** Takes up another configuration; what is open is brought before its registry. */
  use(configuration: ComplianceConfiguration): void {
    this.#configuration = configuration;
    this.#registry = this.#registryOf(configuration);
    this.sendingRules.forget();
    this.casework.wake();
  }

  /** A number has changed that no step was about. */
  numberChanged(number: string): void {
    this.#numberChanged(number);
  }

  /** Removes files that nothing refers to, and cases decided long ago. */
  async tidy(): Promise<void> {
    await this.files.removeUnused();
    await this.cases.forgetDecidedBefore(new Date(this.#clock.now() - KEEP_DECIDED_MS));
  }

  #registryOf({ registry }: ComplianceConfiguration): Registry {
    switch (registry.kind) {
      case 'automatic':
        return new AutomaticRegistry(registry);
      case 'operator':
        return new OperatorRegistry();
      case 'http':
        return new HttpRegistry(registry, this.#http);
    }
  }
}

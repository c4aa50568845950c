import { createBrand } from './brands/create-brand.ts';
import { deleteBrand } from './brands/delete-brand.ts';
import { getBrand } from './brands/get-brand.ts';
import { listBrandUsecases } from './brands/list-brand-usecases.ts';
import { listBrands } from './brands/list-brands.ts';
import { requestBrandOtp } from './brands/request-brand-otp.ts';
import { getCampaignNumber } from './campaign-numbers/get-campaign-number.ts';
import { linkCampaignNumbers } from './campaign-numbers/link-campaign-numbers.ts';
import { listCampaignNumbers } from './campaign-numbers/list-campaign-numbers.ts';
import { unlinkCampaignNumber } from './campaign-numbers/unlink-campaign-number.ts';
import { createCampaign } from './campaigns/create-campaign.ts';
import { deleteCampaign } from './campaigns/delete-campaign.ts';
import { getCampaign } from './campaigns/get-campaign.ts';
import { importCampaign } from './campaigns/import-campaign.ts';
import { listCampaigns } from './campaigns/list-campaigns.ts';
import { updateCampaign } from './campaigns/update-campaign.ts';
import type { AnyCommand } from './command.ts';
import { createComplianceApplication } from './compliance-applications/create-application.ts';
import { deleteComplianceApplication } from './compliance-applications/delete-application.ts';
import { getComplianceApplication } from './compliance-applications/get-application.ts';
import { listComplianceApplications } from './compliance-applications/list-applications.ts';
import { submitComplianceApplication } from './compliance-applications/submit-application.ts';
import { updateComplianceApplication } from './compliance-applications/update-application.ts';
import { getDocumentType } from './compliance-document-types/get-document-type.ts';
import { listDocumentTypes } from './compliance-document-types/list-document-types.ts';
import { createDocument } from './compliance-documents/create-document.ts';
import { deleteDocument } from './compliance-documents/delete-document.ts';
import { getDocument } from './compliance-documents/get-document.ts';
import { listDocuments } from './compliance-documents/list-documents.ts';
import { updateDocument } from './compliance-documents/update-document.ts';
import { findRequirement } from './compliance-requirements/find-requirement.ts';
import { getRequirement } from './compliance-requirements/get-requirement.ts';
import { createEndUser } from './end-users/create-end-user.ts';
import { deleteEndUser } from './end-users/delete-end-user.ts';
import { getEndUser } from './end-users/get-end-user.ts';
import { listEndUsers } from './end-users/list-end-users.ts';
import { updateEndUser } from './end-users/update-end-user.ts';
import { createHostedNumber } from './hosted-messaging-numbers/create-hosted-number.ts';
import { getHostedNumber } from './hosted-messaging-numbers/get-hosted-number.ts';
import { listHostedNumbers } from './hosted-messaging-numbers/list-hosted-numbers.ts';
import { createLetter } from './letters-of-authorization/create-letter.ts';
import { deleteLetter } from './letters-of-authorization/delete-letter.ts';
import { getLetter } from './letters-of-authorization/get-letter.ts';
import { listLetters } from './letters-of-authorization/list-letters.ts';
import { createCompliance } from './phone-number-compliances/create-compliance.ts';
import { deleteCompliance } from './phone-number-compliances/delete-compliance.ts';
import { findComplianceRequirements } from './phone-number-compliances/find-compliance-requirements.ts';
import { getCompliance } from './phone-number-compliances/get-compliance.ts';
import { linkComplianceNumbers } from './phone-number-compliances/link-compliance-numbers.ts';
import { listCompliances } from './phone-number-compliances/list-compliances.ts';
import { updateCompliance } from './phone-number-compliances/update-compliance.ts';
import { createProfile } from './profiles/create-profile.ts';
import { deleteProfile } from './profiles/delete-profile.ts';
import { getProfile } from './profiles/get-profile.ts';
import { listProfiles } from './profiles/list-profiles.ts';
import { updateProfile } from './profiles/update-profile.ts';
import { createTollfreeVerification } from './tollfree-verifications/create-tollfree-verification.ts';
import { deleteTollfreeVerification } from './tollfree-verifications/delete-tollfree-verification.ts';
import { getTollfreeVerification } from './tollfree-verifications/get-tollfree-verification.ts';
import { listTollfreeVerifications } from './tollfree-verifications/list-tollfree-verifications.ts';
import { updateTollfreeVerification } from './tollfree-verifications/update-tollfree-verification.ts';
import { createAddress } from './verification-addresses/create-address.ts';
import { deleteAddress } from './verification-addresses/delete-address.ts';
import { getAddress } from './verification-addresses/get-address.ts';
import { listAddresses } from './verification-addresses/list-addresses.ts';
import { updateAddress } from './verification-addresses/update-address.ts';
import { createIdentity } from './verification-identities/create-identity.ts';
import { deleteIdentity } from './verification-identities/delete-identity.ts';
import { getIdentity } from './verification-identities/get-identity.ts';
import { listIdentities } from './verification-identities/list-identities.ts';
import { updateIdentity } from './verification-identities/update-identity.ts';

/** The requests about what is registered: 10DLC, toll-free verification, hosted numbers, regulatory compliance. */
export const complianceCommands: readonly AnyCommand[] = [
  createProfile,
  deleteProfile,
  getProfile,
  listProfiles,
  updateProfile,
  createBrand,
  deleteBrand,
  getBrand,
  listBrandUsecases,
  listBrands,
  requestBrandOtp,
  createCampaign,
  deleteCampaign,
  getCampaign,
  importCampaign,
  listCampaigns,
  updateCampaign,
  getCampaignNumber,
  linkCampaignNumbers,
  listCampaignNumbers,
  unlinkCampaignNumber,
  createTollfreeVerification,
  deleteTollfreeVerification,
  getTollfreeVerification,
  listTollfreeVerifications,
  updateTollfreeVerification,
  createLetter,
  deleteLetter,
  getLetter,
  listLetters,
  createHostedNumber,
  getHostedNumber,
  listHostedNumbers,
  createEndUser,
  deleteEndUser,
  getEndUser,
  listEndUsers,
  updateEndUser,
  getDocumentType,
  listDocumentTypes,
  createDocument,
  deleteDocument,
  getDocument,
  listDocuments,
  updateDocument,
  findRequirement,
  getRequirement,
  createComplianceApplication,
  deleteComplianceApplication,
  getComplianceApplication,
  listComplianceApplications,
  submitComplianceApplication,
  updateComplianceApplication,
  createCompliance,
  deleteCompliance,
  findComplianceRequirements,
  getCompliance,
  linkComplianceNumbers,
  listCompliances,
  updateCompliance,
  createAddress,
  deleteAddress,
  getAddress,
  listAddresses,
  updateAddress,
  createIdentity,
  deleteIdentity,
  getIdentity,
  listIdentities,
  updateIdentity,
];

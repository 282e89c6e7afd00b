/** The entry point for what the proxy shares with those who write its grants and read its audit. */
export { AUDIT_BEGIN, auditLine, AuditVerifier, hashOfLine } from "./proxy/auditChain.ts";
export { AUDIT_LOG, auditLogFiles } from "./proxy/auditLogFiles.ts";
export { type AuditRecord, auditRecordSchema } from "./proxy/auditRecord.ts";
export {
  parseUsageFile,
  parseUsageTotals,
  USAGE_CONFIG_MAP,
  USAGE_FILE,
  type UsageTotals,
  usageInConfigMap,
  usageTotalsSchema,
} from "./proxy/usageTotals.ts";
export { type Authority, authorityText, parseAuthority } from "./proxy/authority.ts";
export { type AllowRule, allowRuleSchema } from "./proxy/allowRule.ts";
export {
  BOUNDARY_LABEL,
  CHECKED_HOST,
  GRANT_KEYS,
  type GrantCredential,
  grantSecretName,
  parseGrantCredentials,
  PROXY_CERTIFICATES,
  PROXY_ENV,
  PROXY_LABEL,
  PROXY_PORT,
  PROXY_SECRETS,
  PROXY_SERVICE,
} from "./proxy/clusterSecrets.ts";
export { EGRESS_MODES } from "./proxy/egressMode.ts";
export { gitCredential } from "./proxy/gitCredential.ts";
export { type GitHost, gitHostOf, httpsInsteadOfSsh } from "./proxy/gitHost.ts";
export {
  type Grant,
  GRANT_VERSION,
  grantSchema,
  parseGrant,
  PRINCIPAL_KINDS,
} from "./proxy/grant.ts";
export { type Host, parseHost } from "./proxy/host.ts";
export { coversHost, parseHostPattern } from "./proxy/hostPattern.ts";
export { formatIpv4, parseIpv4 } from "./proxy/ipv4.ts";
export { parseIpv6 } from "./proxy/ipv6.ts";
export { credentialFileSchema } from "./proxy/credentialFile.ts";
export { type CredentialRule, placeholderOf, serviceOf, takesCredential } from "./proxy/credentialRule.ts";
export { holdsPlaceholder, placeholderFor, type PlaceholderForm } from "./proxy/placeholder.ts";
export { type CredentialHeader, type HeaderForm, type Service, type ServiceName, SERVICES } from "./proxy/services.ts";
export { type ProxyAccess, proxyVariables } from "./proxy/proxyVariables.ts";
export { PRESET_NAMES, presetRules, type PresetName } from "./proxy/presets.ts";
export { parseJsonBytes } from "./stream/utf8.ts";
export { CREDENTIAL_VARIABLES, serviceFor, serviceOfVariable } from "./proxy/variableService.ts";

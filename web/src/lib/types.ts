// The JSON of the service, as far as the page reads it (docs/cli-json.md, /openapi.json).

export type LoginPath = 'facebook' | 'instagram';
export type State = 'healthy' | 'expiring' | 'overdue' | 'dead' | 'unconnected' | 'unverified';

// problem+json (RFC 9457) with our words; also the last problem of a channel or delivery.
export interface ProblemJson {
  title: string;
  detail?: string;
  code: string;
  cause?: string;
  remedy?: string;
  what_to_do?: string;
  status?: number;
  retry_after_s?: number; // of the header Retry-After
  where?: string;
  at?: string;
  graph?: { http_status: number; code: number; subcode: number; type: string; message: string; fbtrace_id: string };
}

export interface Session {
  signed_in: boolean;
  set_up: boolean;
  csrf: string | null;
  sandbox: boolean;
  version: string;
  public_url: string | null;
  now: string;
}

export interface Token {
  kind: string;
  lifetime: string;
  fingerprint: string;
  issued_at: string;
  expires_at: string | null;
  seconds_left: number | null;
  expiry_known: boolean;
  data_access_expires_at: string | null;
  scopes: string[];
  missing_scopes: string[];
  version: number;
}

export interface Channel {
  name: string;
  login: LoginPath;
  state: State;
  reason: string;
  ig_user_id: string | null;
  username: string | null;
  account_type: string | null;
  token: Token | null;
  last_refresh_at: string | null;
  next_refresh_at: string | null;
  posts_held: number;
  posts_uncertain: number;
  posts_failed: number;
  person_needed_by: string | null;
  needs_person: boolean;
  created_at: string;
  problem: ProblemJson | null;
  deliveries?: Delivery[];
}

export interface Delivery {
  id: number;
  kind: string;
  path: string;
  token_key: string;
  id_key: string;
  in_place: boolean;
  version: number;
  delivered_at: string | null;
  next_attempt_at: string | null;
  failed_attempts: number;
  due: boolean;
  problem: ProblemJson | null;
  delivered?: boolean;
}

export interface Version extends Token {
  state: 'pending' | 'current' | 'retired' | 'discarded';
  source: string;
  created_at: string;
  verified_at: string | null;
  retired_at: string | null;
}

export interface AuditEvent {
  at: string;
  actor: string;
  action: string;
  channel: string | null;
  detail: string | null;
}

export interface Permission {
  name: string;
  required: boolean;
  capability: string;
  consequence: string;
}

export interface LoginOffer {
  login: LoginPath;
  has_app: boolean;
  app_id: string | null;
  redirect_uris: string[];
  comes_back_here: boolean; // the browser, by itself; else its address is pasted
  deauthorize_url: string | null; // null: Meta has no way to call us
  data_deletion_url: string | null;
  permissions: Permission[];
}

export interface ConnectInfo {
  public_url: string | null;
  logins: LoginOffer[];
}

export interface Candidate {
  ig_user_id: string | null;
  username: string | null;
  account_type: string | null;
  page_id: string | null;
  page_name: string | null;
  usable: boolean;
  reason: string | null;
  what_to_do: string | null;
  link: string | null;
}

export type Stage = 'waiting' | 'choosing' | 'connected' | 'refused' | 'expired' | 'cancelled';

export interface Login {
  id: string;
  channel: string;
  login: LoginPath;
  stage: Stage;
  expires_at: string;
  redirect_uri: string | null;
  is_reconnect: boolean;
  asked: string[];
  granted: string[];
  declined: Permission[];
  accounts: Candidate[];
  accounts_complete: boolean;
  accounts_note?: string | null; // why the list may be incomplete
  problem: ProblemJson | null;
  channel_state: Channel | null;
}

export interface StartedLogin extends Login {
  address: string; // of Meta's dialog
}

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

export interface Check {
  id: string;
  status: CheckStatus;
  cause: string | null;
  remedy: string | null;
  message: string;
  evidence: Record<string, unknown>;
  fixable: boolean;
  fixed: boolean;
}

export interface Diagnosis {
  healthy: boolean;
  checks: Check[];
  report?: string;
  env_text?: string;
}

export interface Explanation {
  kind: 'error' | 'token' | 'env-file' | 'callback-address' | 'unknown';
  cause: string;
  remedy: string | null;
  retry: string;
  title: string;
  what_happened: string;
  what_to_do: string[];
  links: string[];
  code: number | null;
  subcode: number | null;
  also: { cause: string; remedy: string; how_to_tell?: string }[];
}

export interface ApiKey {
  id: number | string;
  name: string;
  scopes: string[];
  channel: string | null;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
  key?: string;
}

export interface Simulation {
  now: string;
  address: string;
  people: { id: string; name: string; accounts: string[] }[];
}

export interface Inspection {
  valid: boolean;
  problem: ProblemJson | null;
  login?: LoginPath;
  app_id?: string;
  user_id?: string;
  token: Partial<Token>;
  accounts?: { ig_user_id: string | null; username: string | null; account_type: string | null; page_name: string | null }[];
  accounts_complete?: boolean;
  renewable?: boolean;
  repairs: string[];
  warnings: string[];
}

export interface ImportReport extends Channel {
  import: { how: string; repairs: string[]; warnings: string[]; deliveries: Delivery[] };
}

export interface RefreshReport extends Channel {
  refreshed: boolean;
  note: ProblemJson | null;
}
